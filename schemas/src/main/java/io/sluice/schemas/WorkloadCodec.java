package io.sluice.schemas;

import io.sluice.model.Metadata;
import io.sluice.model.Workload;
import io.sluice.protocol.NamespaceRecord;
import io.sluice.protocol.PodRecord;
import io.sluice.protocol.WorkloadRecord;

final class WorkloadCodec implements Codec<Workload, WorkloadRecord> {

  @Override
  public Class<WorkloadRecord> recordType() {
    return WorkloadRecord.class;
  }

  @Override
  public WorkloadRecord toRecord(Workload workload) {
    Object content =
        switch (workload) {
          case Workload.Namespace namespace ->
              new NamespaceRecord(Fields.sorted(namespace.labels()));
          case Workload.Pod pod -> pod(pod);
        };
    return new WorkloadRecord(Fields.metadata(workload.metadata()), content);
  }

  @Override
  public Workload fromRecord(WorkloadRecord avro) {
    Metadata metadata = Fields.metadata(avro.getMetadata());
    return switch (avro.getContent()) {
      case NamespaceRecord namespace -> new Workload.Namespace(metadata, namespace.getLabels());
      case PodRecord pod -> pod(metadata, pod);
      case Object other -> throw Fields.unexpected(other);
    };
  }

  private static PodRecord pod(Workload.Pod pod) {
    return new PodRecord(
        Fields.sorted(pod.labels()),
        Fields.addressesToRecords(pod.ips()),
        pod.node(),
        pod.hostNetwork(),
        pod.terminated());
  }

  private static Workload.Pod pod(Metadata metadata, PodRecord avro) {
    return new Workload.Pod(
        metadata,
        avro.getLabels(),
        Fields.addressesFromRecords(avro.getIps()),
        avro.getNode(),
        avro.getHostNetwork(),
        avro.getTerminated());
  }
}
