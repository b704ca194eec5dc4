package io.sluice.watcher.core;

import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes one status of what several authors say of an object. A condition that more than one of them
 * has holds only if it does for all, and says what each of those misses for whom it does not.
 */
public final class StatusMerge {

  private StatusMerge() {}

  /**
   * The one status to show.
   *
   * @param said what each author says; at least one
   */
  public static Status merge(SortedMap<Author, Status> said) {
    SortedMap<String, List<Condition>> byType = new TreeMap<>();
    Map<String, String> nodes = new TreeMap<>();
    Map<String, String> floatingIps = new TreeMap<>();
    List<String> egressIps = new ArrayList<>();
    Optional<String> gatewayNode = Optional.empty();
    OptionalInt matchedPods = OptionalInt.empty();
    for (Status status : said.values()) {
      status
          .conditions()
          .forEach(condition ->
              byType.computeIfAbsent(condition.type(), _ -> new ArrayList<>()).add(condition));
      status.nodes().forEach(nodes::putIfAbsent);
      status.floatingIps().forEach(floatingIps::putIfAbsent);
      status.egressIps().stream().filter(ip -> !egressIps.contains(ip)).forEach(egressIps::add);
      gatewayNode = gatewayNode.or(status::gatewayNode);
      matchedPods = matchedPods.isPresent() ? matchedPods : status.matchedPods();
    }
    return new Status(
        said.values().stream().mapToLong(Status::observedGeneration).min().orElseThrow(),
        byType.values().stream().map(StatusMerge::unite).toList(),
        nodes,
        floatingIps,
        egressIps,
        gatewayNode,
        matchedPods);
  }

  private static Condition unite(List<Condition> conditions) {
    Truth truth = worst(conditions);
    List<Condition> telling =
        conditions.stream().filter(condition -> condition.truth() == truth).toList();
    Condition first = telling.getFirst();
    return truth == Truth.TRUE
        ? new Condition(first.type(), truth, first.reason(), first.message(), newest(telling))
        : new Condition(first.type(), truth, first.reason(), messages(telling), oldest(telling));
  }

  private static Truth worst(List<Condition> conditions) {
    for (Truth truth : List.of(Truth.FALSE, Truth.UNKNOWN)) {
      if (conditions.stream().anyMatch(condition -> condition.truth() == truth)) {
        return truth;
      }
    }
    return Truth.TRUE;
  }

  private static String messages(List<Condition> conditions) {
    return conditions.stream().map(Condition::message).distinct().collect(Collectors.joining("; "));
  }

  private static long newest(List<Condition> conditions) {
    return conditions.stream().mapToLong(Condition::sinceMillis).max().orElseThrow();
  }

  private static long oldest(List<Condition> conditions) {
    return conditions.stream().mapToLong(Condition::sinceMillis).min().orElseThrow();
  }
}
