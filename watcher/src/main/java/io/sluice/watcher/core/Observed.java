package io.sluice.watcher.core;

import io.sluice.model.Gateway;
import io.sluice.model.MalformedResource;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.Workload;

/** An object as its source has it and as the topics hold it. */
public sealed interface Observed {

  Metadata metadata();

  /** The same object under other metadata. */
  Observed withMetadata(Metadata metadata);

  /** Whether both say the same apart from all metadata. */
  default boolean sameContent(Observed other) {
    return withMetadata(other.metadata()).equals(other);
  }

  /** Whether both are equal, or differ in nothing but the resource version. */
  default boolean sameButForVersion(Observed other) {
    Metadata own = metadata();
    String otherVersion = other.metadata().resourceVersion();
    return withMetadata(
            new Metadata(own.uid(), otherVersion, own.generation(), own.createdAtMillis()))
        .equals(other);
  }

  /** An object of {@code sluice.resources}. */
  record OfResource(Resource resource) implements Observed {

    @Override
    public Metadata metadata() {
      return resource.metadata();
    }

    @Override
    public Observed withMetadata(Metadata metadata) {
      return new OfResource(
          switch (resource) {
            case Gateway gateway ->
                new Gateway(
                    metadata,
                    gateway.floatingIps(),
                    gateway.nodeSelector(),
                    gateway.failback(),
                    gateway.leaseMode());
            case Policy policy ->
                new Policy(
                    metadata,
                    policy.sources(),
                    policy.action(),
                    policy.destinations(),
                    policy.egressSourceIp(),
                    policy.gatewayRef(),
                    policy.shareEgressIp());
            case Node node ->
                new Node(
                    metadata,
                    node.labels(),
                    node.addresses(),
                    node.podCidrs(),
                    node.ready(),
                    node.unschedulable());
            case MalformedResource malformed -> new MalformedResource(metadata, malformed.errors());
          });
    }
  }

  /** An object of {@code sluice.workloads}. */
  record OfWorkload(Workload workload) implements Observed {

    @Override
    public Metadata metadata() {
      return workload.metadata();
    }

    @Override
    public Observed withMetadata(Metadata metadata) {
      return new OfWorkload(
          switch (workload) {
            case Workload.Namespace namespace ->
                new Workload.Namespace(metadata, namespace.labels());
            case Workload.Pod pod ->
                new Workload.Pod(
                    metadata,
                    pod.labels(),
                    pod.ips(),
                    pod.node(),
                    pod.hostNetwork(),
                    pod.terminated());
          });
    }
  }
}
