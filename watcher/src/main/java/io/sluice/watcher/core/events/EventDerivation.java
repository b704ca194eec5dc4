package io.sluice.watcher.core.events;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import io.sluice.watcher.core.StatusBoard;
import io.sluice.watcher.core.events.Event.Origin;
import io.sluice.watcher.core.events.Event.Type;
import io.sluice.watcher.core.events.Turn.Happening;
import io.sluice.watcher.core.events.Turn.Stay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Derives what happened from what is the case: from the assignments that addresses were assigned,
 * moved and failed over, from the statuses that something was refused or became ready. Records that
 * were told of before are taken in too, as what the next ones are compared with.
 *
 * <p>The addresses of one decision are one Event for their gateway, and one for each policy that
 * uses any of them: a node that dies with a hundred addresses is one thing that happened.
 */
public final class EventDerivation {

  private static final int MAX_LISTED = 10;

  /** States that pass by themselves within moments and are not worth an Event. */
  private static final Set<String> PASSING = Set.of("Applying");

  private final StatusBoard board = new StatusBoard();
  private final Map<IpAddress, Stay> stays = new HashMap<>();
  private final Map<ObjectId, Announced> announced = new HashMap<>();
  private final Map<ObjectId, List<String>> egressIps = new HashMap<>();
  private final Map<String, SortedSet<ObjectId>> users = new HashMap<>();
  private final Map<Decision, Told> decisions = new LinkedHashMap<>();
  private final List<Event> conditions = new ArrayList<>();

  /** The last lasting state of an object; a message may change without anything happening. */
  private record Announced(Truth truth, String reason, List<String> egressIps) {}

  private record Decision(
      long auditSequence, ObjectId regarding, Happening happening, String reason) {}

  private record Told(Origin origin, List<String> what) {}

  /**
   * An address has a new assignment.
   *
   * @param news false if it was told of before
   */
  public void assignment(IpAddress ip, Assignment now, Origin origin, boolean news) {
    Optional<Stay> before = Optional.ofNullable(stays.get(ip));
    Stay after = Stay.after(before, now);
    stays.put(ip, after);
    if (!news) {
      return;
    }
    Turn.between(before, ip, now)
        .ifPresent(turn -> {
          SortedSet<ObjectId> concerned =
              new TreeSet<>(users.getOrDefault(ip.toString(), new TreeSet<>()));
          after.gateway().ifPresent(concerned::add);
          concerned.forEach(regarding ->
              decisions
                  .computeIfAbsent(
                      new Decision(now.auditSequence(), regarding, turn.happening(), now.reason()),
                      _ -> new Told(origin, new ArrayList<>()))
                  .what()
                  .add(turn.what()));
        });
  }

  /**
   * An author says something of an object, or takes it back.
   *
   * @param news false if it was told of before
   */
  public void status(
      ObjectId subject, Author author, Optional<Status> status, Origin origin, boolean news) {
    board.accept(subject, author, status);
    board.takeChanged();
    Optional<Status> merged = board.merged(subject);
    rememberUse(subject, merged.map(Status::egressIps).orElse(List.of()));
    if (merged.isEmpty()) {
      announced.remove(subject);
      return;
    }
    merged.get().conditions().stream()
        .filter(condition -> condition.type().equals("Ready"))
        .forEach(ready -> condition(subject, ready, merged.get().egressIps(), origin, news));
  }

  private void rememberUse(ObjectId subject, List<String> ips) {
    List<String> before =
        ips.isEmpty() ? egressIps.remove(subject) : egressIps.put(subject, List.copyOf(ips));
    if (before != null) {
      before.forEach(ip ->
          users.computeIfPresent(
              ip,
              (_, policies) -> policies.remove(subject) && policies.isEmpty() ? null : policies));
    }
    ips.forEach(ip -> users.computeIfAbsent(ip, _ -> new TreeSet<>()).add(subject));
  }

  private void condition(
      ObjectId subject, Condition ready, List<String> ips, Origin origin, boolean news) {
    if (ready.truth() == Truth.UNKNOWN || PASSING.contains(ready.reason())) {
      return;
    }
    boolean holds = ready.truth() == Truth.TRUE;
    Announced now = new Announced(ready.truth(), ready.reason(), holds ? ips : List.of());
    if (now.equals(announced.put(subject, now)) || !news) {
      return;
    }
    conditions.add(
        new Event(
            subject,
            holds ? Type.NORMAL : Type.WARNING,
            ready.reason(),
            holds ? "Apply" : "Refuse",
            ready.message(),
            String.join(",", now.egressIps()),
            origin));
  }

  /** What has happened since the last call. */
  public List<Event> take() {
    List<Event> taken = new ArrayList<>();
    decisions.forEach((decision, told) -> taken.add(event(decision, told)));
    taken.addAll(conditions);
    decisions.clear();
    conditions.clear();
    return taken;
  }

  private static Event event(Decision decision, Told told) {
    List<String> what = told.what();
    String listed = String.join(", ", what.subList(0, Math.min(what.size(), MAX_LISTED)));
    String more =
        what.size() > MAX_LISTED ? " and %d more".formatted(what.size() - MAX_LISTED) : "";
    return new Event(
        decision.regarding(),
        decision.happening().type,
        decision.happening().reason,
        decision.happening().action,
        listed + more + ": " + decision.reason(),
        String.join(",", what),
        told.origin());
  }
}
