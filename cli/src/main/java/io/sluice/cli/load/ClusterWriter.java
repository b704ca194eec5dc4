package io.sluice.cli.load;

import io.sluice.cli.lab.LabException;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import io.sluice.schemas.Topics;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;

/** Writes the objects of a synthetic cluster to the topics, as a watcher would. */
public final class ClusterWriter {

  private final TopicWriter writer;
  private final String cluster;
  private final SyntheticCluster content;
  private final AtomicReference<Exception> refused = new AtomicReference<>();

  public ClusterWriter(TopicWriter writer, String cluster, SyntheticCluster content) {
    this.writer = writer;
    this.cluster = cluster;
    this.content = content;
  }

  /** Writes everything, and returns when it is acknowledged. */
  public void writeAll() {
    LoadShape shape = content.shape();
    for (int node = 0; node < shape.nodes(); node++) {
      write(content.nodeId(node), content.node(node));
    }
    write(content.gatewayId(), content.gateway());
    for (int policy = 0; policy < shape.policies(); policy++) {
      write(content.policyId(policy), content.policy(policy));
    }
    for (int namespace = 0; namespace < shape.namespaces(); namespace++) {
      write(content.namespaceId(namespace), content.namespace(namespace));
    }
    for (int pod = 0; pod < shape.pods(); pod++) {
      write(content.podId(pod), content.pod(pod, 0));
    }
    writer.flush();
  }

  /** Writes an object and does not wait. */
  public void write(ObjectId id, Resource resource) {
    writer.send(Topics.RESOURCES, new ObjectKey(cluster, id), resource, noteRefusal());
  }

  /** Writes an object and does not wait. */
  public void write(ObjectId id, Workload workload) {
    writer.send(Topics.WORKLOADS, new ObjectKey(cluster, id), workload, noteRefusal());
  }

  private Callback noteRefusal() {
    return (_, problem) -> {
      if (problem != null) {
        refused.compareAndSet(null, problem);
      }
    };
  }

  /**
   * @throws LabException if Kafka refused a record
   */
  public void check() {
    Exception problem = refused.get();
    if (problem != null) {
      throw new LabException("Kafka refused a record: " + problem.getMessage(), problem);
    }
  }
}
