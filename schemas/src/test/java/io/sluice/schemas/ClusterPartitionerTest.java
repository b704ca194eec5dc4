package io.sluice.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.model.AssignmentKey;
import io.sluice.model.IpAddress;
import io.sluice.model.NodeKey;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClusterPartitionerTest {

  private final ClusterPartitioner partitioner = new ClusterPartitioner();

  /** These figures are on disks: they never change. */
  @ParameterizedTest
  @CsvSource({"default, 6, 1", "local, 6, 5", "prod-eu-1, 6, 5", "東京, 6, 1", "anything, 1, 0"})
  void aClusterHasItsPartitionForEver(String cluster, int partitions, int expected) {
    assertThat(ClusterPartitioner.partition(cluster, partitions)).isEqualTo(expected);
  }

  @Test
  void itIsWhatKafkaMakesOfTheBareName() {
    for (int i = 0; i < 1_000; i++) {
      String cluster = "cluster-" + i;
      int partitions = 1 + i % 50;
      assertThat(ClusterPartitioner.partition(cluster, partitions))
          .isEqualTo(BuiltInPartitioner.partitionForKey(cluster.getBytes(UTF_8), partitions));
    }
  }

  @Test
  void clustersSpreadOverAllPartitions() {
    assertThat(
            IntStream.range(0, 200)
                .mapToObj(i -> ClusterPartitioner.partition("cluster-" + i, 6))
                .collect(toSet()))
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
  }

  @Test
  void allKeysOfAClusterShareItsPartition() {
    Cluster kafka = kafka("sluice.assignments", 6);
    int expected = ClusterPartitioner.partition("local", 6);
    assertThat(partitionOf(new NodeKey("local", "node-1"), kafka)).isEqualTo(expected);
    assertThat(partitionOf(new NodeKey("local", "node-2"), kafka)).isEqualTo(expected);
    assertThat(partitionOf(new AssignmentKey("local", IpAddress.parse("10.40.1.100")), kafka))
        .isEqualTo(expected);
  }

  @Test
  void aKeyWithoutAClusterIsRefused() {
    Cluster kafka = kafka("sluice.assignments", 6);
    assertThatIllegalArgumentException().isThrownBy(() -> partitionOf("node-1", kafka));
    assertThatIllegalArgumentException().isThrownBy(() -> partitionOf(null, kafka));
  }

  private int partitionOf(Object key, Cluster kafka) {
    return partitioner.partition("sluice.assignments", key, null, null, null, kafka);
  }

  /** Only one partition has a leader: which are reachable at the moment must not matter. */
  private static Cluster kafka(String topic, int partitions) {
    Node broker = new Node(1, "localhost", 9092);
    List<PartitionInfo> infos =
        IntStream.range(0, partitions)
            .mapToObj(
                i -> new PartitionInfo(topic, i, i == 0 ? broker : null, new Node[0], new Node[0]))
            .toList();
    return new Cluster("kafka", List.of(broker), infos, Set.of(), Set.of());
  }
}
