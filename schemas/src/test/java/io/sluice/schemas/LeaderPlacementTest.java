package io.sluice.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;

final class LeaderPlacementTest {

  private static NewTopic place(List<Node> brokers, int partitions, int copies) {
    return new LeaderPlacement(brokers).place(new NewTopic("topic", partitions, (short) copies));
  }

  private static Node broker(int id, String rack) {
    return new Node(id, "localhost", 9092, rack);
  }

  @Test
  void partitionsHaveTheirLeadersInTurn() {
    List<Node> brokers = List.of(broker(3, null), broker(1, null), broker(2, null));
    assertThat(place(brokers, 4, 2).replicasAssignments())
        .isEqualTo(Map.of(0, List.of(1, 2), 1, List.of(2, 3), 2, List.of(3, 1), 3, List.of(1, 2)));
  }

  @Test
  void theSettingsGoAlong() {
    NewTopic placed =
        new LeaderPlacement(List.of(broker(7, null)))
            .place(
                new NewTopic("topic", 1, (short) 1).configs(Map.of("cleanup.policy", "compact")));
    assertThat(placed.replicasAssignments()).isEqualTo(Map.of(0, List.of(7)));
    assertThat(placed.configs()).isEqualTo(Map.of("cleanup.policy", "compact"));
  }

  @Test
  void copiesLieInDifferentRacksHoweverUnequalThoseAre() {
    List<Node> brokers =
        List.of(
            broker(1, "a"),
            broker(2, "a"),
            broker(3, "a"),
            broker(4, "b"),
            broker(5, "c"),
            broker(6, "c"));
    Map<Integer, String> racks = Map.of(1, "a", 2, "a", 3, "a", 4, "b", 5, "c", 6, "c");
    Set<Integer> leaders = new HashSet<>();
    place(brokers, 12, 3)
        .replicasAssignments()
        .values()
        .forEach(replicas -> {
          assertThat(replicas.stream().map(racks::get)).doesNotHaveDuplicates().hasSize(3);
          leaders.add(replicas.getFirst());
        });
    assertThat(leaders).hasSize(6);
  }

  @Test
  void aRackHasASecondCopyWhenEveryRackHasOne() {
    List<Node> brokers = List.of(broker(1, "a"), broker(2, "a"), broker(3, "b"), broker(4, "b"));
    place(brokers, 4, 3)
        .replicasAssignments()
        .values()
        .forEach(replicas -> {
          assertThat(replicas).doesNotHaveDuplicates().hasSize(3);
          assertThat(replicas.subList(0, 2).stream().map(id -> id <= 2 ? "a" : "b"))
              .doesNotHaveDuplicates();
        });
  }

  @Test
  void whatKafkaHasToRefuseOrToChooseIsLeftToIt() {
    List<Node> two = IntStream.of(1, 2).mapToObj(id -> broker(id, null)).toList();
    assertThat(place(two, 1, 3).replicasAssignments()).isNull();
    assertThat(place(two, 1, 3).replicationFactor()).isEqualTo((short) 3);
    assertThat(place(two, 1, -1).replicasAssignments()).isNull();
    assertThat(place(two, -1, 1).replicasAssignments()).isNull();
    NewTopic placed = new NewTopic("topic", Map.of(0, List.of(2)));
    assertThat(new LeaderPlacement(two).place(placed)).isSameAs(placed);
  }
}
