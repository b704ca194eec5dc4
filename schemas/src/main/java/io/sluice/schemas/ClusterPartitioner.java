package io.sluice.schemas;

import io.sluice.model.ClusterScoped;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.utils.Utils;

/**
 * Puts all that concerns one Kubernetes cluster into one partition, the same of every topic: {@code
 * (murmur2(UTF-8 bytes of the cluster's name) & 0x7fffffff) mod partitions}. That is what Kafka's
 * own partitioner makes of a record whose key is the bare name, so other programs can compute it.
 *
 * <p>The partition of a cluster depends on the number of partitions: it must not be changed under
 * records that exist.
 */
public final class ClusterPartitioner implements Partitioner {

  /** The partition of a cluster among so many. */
  public static int partition(String cluster, int partitionCount) {
    byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(name)) % partitionCount;
  }

  @Override
  public int partition(
      String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster kafka) {
    if (key instanceof ClusterScoped scoped) {
      return partition(scoped.cluster(), kafka.partitionCountForTopic(topic));
    }
    throw new IllegalArgumentException(
        "a key on " + topic + " belongs to a cluster, but this one does not: " + key);
  }

  @Override
  public void configure(Map<String, ?> configs) {
    // There is nothing to choose: readers must compute the same partition without asking.
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
