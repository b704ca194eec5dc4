package io.sluice.schemas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;

/**
 * Puts the same partition of all topics on the same brokers, in the same order, so that everything
 * that concerns one cluster has one leader and a decision is one request to one broker. Clusters,
 * which are partitions, still spread over all brokers. Copies of a partition lie in as many racks
 * as there are.
 */
public final class LeaderPlacement {

  private final List<Node> brokers;

  /** The brokers are there in no particular order. */
  LeaderPlacement(Collection<Node> brokers) {
    this.brokers = byTurns(brokers);
  }

  /**
   * On the brokers that are up now.
   *
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
   */
  public static LeaderPlacement on(Admin admin) {
    return new LeaderPlacement(AdminAnswer.await(admin.describeCluster().nodes()));
  }

  /**
   * The topic with a place for every copy. A topic that has places, or leaves its numbers to the
   * brokers, stays as it is, and so does one with more copies than brokers: Kafka says best what is
   * wrong with that.
   */
  public NewTopic place(NewTopic wanted) {
    int copies = wanted.replicationFactor();
    if (wanted.replicasAssignments() != null
        || wanted.numPartitions() < 1
        || copies < 1
        || copies > brokers.size()) {
      return wanted;
    }
    SortedMap<Integer, List<Integer>> places = new TreeMap<>();
    for (int partition = 0; partition < wanted.numPartitions(); partition++) {
      places.put(partition, brokersOf(partition, copies));
    }
    return new NewTopic(wanted.name(), places).configs(wanted.configs());
  }

  /** The leader first; a rack has a second copy only when every rack has one. */
  private List<Integer> brokersOf(int partition, int copies) {
    List<Integer> chosen = new ArrayList<>();
    Set<String> racks = new HashSet<>();
    while (chosen.size() < copies) {
      for (int i = 0; i < brokers.size() && chosen.size() < copies; i++) {
        Node broker = brokers.get((partition + i) % brokers.size());
        if (!chosen.contains(broker.id()) && racks.add(rackOf(broker))) {
          chosen.add(broker.id());
        }
      }
      racks.clear();
    }
    return chosen;
  }

  /** One of each rack in turn, so that neighbours lie in different racks. */
  private static List<Node> byTurns(Collection<Node> brokers) {
    SortedMap<String, List<Node>> racks = new TreeMap<>();
    brokers.stream()
        .sorted(Comparator.comparingInt(Node::id))
        .forEach(
            broker -> racks.computeIfAbsent(rackOf(broker), _ -> new ArrayList<>()).add(broker));
    List<Node> order = new ArrayList<>();
    for (int turn = 0; order.size() < brokers.size(); turn++) {
      for (List<Node> rack : racks.values()) {
        if (turn < rack.size()) {
          order.add(rack.get(turn));
        }
      }
    }
    return List.copyOf(order);
  }

  /** A broker that does not say where it stands stands alone. */
  private static String rackOf(Node broker) {
    return Objects.requireNonNullElseGet(broker.rack(), () -> "\0%010d".formatted(broker.id()));
  }
}
