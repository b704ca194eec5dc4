package io.sluice.allocator.core.allocation;

import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who beats, by the time of the log (design, section 4). This is soft state: thousands of beats a
 * second change nothing but it, and only the transitions it returns become part of the state. The
 * caller applies every one of them.
 *
 * <p>A node is silent when a beat of anyone, or a tick, carries a time of at least its last beat +
 * T. When nobody was heard for longer than T/2, the log stood still and not every node at once: all
 * timers restart at the end of the gap. Without anybody's beat nobody is declared silent.
 */
public final class Liveness {

  private static final String UNKNOWN_INSTANCE = "";

  /** A node as it was heard last. */
  private record Heard(
      String instance,
      long session,
      long sequence,
      long lastBeatMillis,
      StateChange.Liveness liveness) {

    Heard at(long millis) {
      return new Heard(instance, session, sequence, millis, liveness);
    }

    Heard silent() {
      return new Heard(instance, session, sequence, lastBeatMillis, StateChange.Liveness.SILENT);
    }

    boolean restarting() {
      return liveness == StateChange.Liveness.RESTARTING;
    }

    boolean alive() {
      return liveness == StateChange.Liveness.ALIVE || restarting();
    }
  }

  private final AllocationSettings settings;
  private final SortedMap<String, Heard> nodes = new TreeMap<>();
  private boolean anybodyHeard;
  private long lastBeatMillis;

  /** Not later than the first deadline: beats only postpone, so it is searched only when due. */
  private long earliestDeadlineMillis = Long.MAX_VALUE;

  public Liveness(AllocationSettings settings) {
    this.settings = settings;
  }

  /**
   * Begins anew, as a new task does: every node that the state says is alive has its full time from
   * the first beat of anybody, and one that announced a restart the full grace.
   */
  public void restart(Iterable<LivenessChanged> known) {
    nodes.clear();
    anybodyHeard = false;
    earliestDeadlineMillis = Long.MAX_VALUE;
    for (LivenessChanged node : known) {
      nodes.put(
          node.node(),
          new Heard(UNKNOWN_INSTANCE, node.session(), 0, node.sinceMillis(), node.liveness()));
    }
  }

  /**
   * A beat that the broker stamped with this time.
   *
   * @return the transitions it leads to, of this node or of others
   */
  public List<LivenessChanged> beat(String node, Heartbeat beat, long timeMillis) {
    advance(timeMillis);
    List<LivenessChanged> changes = new ArrayList<>();
    Heard known = nodes.get(node);
    if (known == null || !isOutdated(beat, known)) {
      StateChange.Liveness liveness = meaning(beat.intent());
      Heard now = new Heard(beat.instance(), beat.session(), beat.sequence(), timeMillis, liveness);
      nodes.put(node, now);
      if (now.alive()) {
        earliestDeadlineMillis = Math.min(earliestDeadlineMillis, deadline(now));
      }
      boolean first = known == null;
      if (first || known.liveness() != liveness || known.session() != beat.session()) {
        changes.add(new LivenessChanged(node, liveness, beat.session(), timeMillis));
      }
    }
    changes.addAll(silentAt(timeMillis));
    return changes;
  }

  private static StateChange.Liveness meaning(Intent intent) {
    return switch (intent) {
      case RUNNING -> StateChange.Liveness.ALIVE;
      case STOPPING -> StateChange.Liveness.LEFT;
      case RESTARTING -> StateChange.Liveness.RESTARTING;
    };
  }

  /** Time has passed without a beat. */
  public List<LivenessChanged> tick(long nowMillis) {
    if (!anybodyHeard || nowMillis - lastBeatMillis > settings.longestProofMillis()) {
      return List.of();
    }
    return silentAt(nowMillis);
  }

  /** Before this time no tick declares anybody silent. */
  public long nextDeadlineMillis() {
    return anybodyHeard && earliestDeadlineMillis - lastBeatMillis <= settings.longestProofMillis()
        ? earliestDeadlineMillis
        : Long.MAX_VALUE;
  }

  /**
   * A process numbers its beats and its sessions upwards. Another process may have lost count of
   * the sessions, but as long as the former one counts as alive its beats may be the late ones of a
   * predecessor. A new task knows of no process, but a session that has announced its restart does
   * not go on.
   */
  private static boolean isOutdated(Heartbeat beat, Heard known) {
    boolean sameProcess = beat.instance().equals(known.instance());
    if (sameProcess) {
      return beat.session() < known.session() || beat.sequence() < known.sequence();
    }
    boolean lateAfterItsRestart =
        known.restarting()
            && known.instance().equals(UNKNOWN_INSTANCE)
            && beat.session() == known.session()
            && beat.intent() == Intent.RUNNING;
    return lateAfterItsRestart || (known.alive() && beat.session() < known.session());
  }

  private void advance(long timeMillis) {
    boolean gap = !anybodyHeard || timeMillis - lastBeatMillis > settings.silenceMillis() / 2;
    boolean clockStepsBack = anybodyHeard && timeMillis < lastBeatMillis;
    if (gap || clockStepsBack) {
      // After a gap everybody has the full time again; after a step nobody was heard in the future.
      nodes.replaceAll(
          (_, heard) -> heard.at(gap ? timeMillis : Math.min(heard.lastBeatMillis(), timeMillis)));
      earliestDeadlineMillis = firstDeadline();
    }
    anybodyHeard = true;
    lastBeatMillis = timeMillis;
  }

  private List<LivenessChanged> silentAt(long timeMillis) {
    if (timeMillis < earliestDeadlineMillis) {
      return List.of();
    }
    List<LivenessChanged> changes = new ArrayList<>();
    for (var entry : nodes.entrySet()) {
      Heard heard = entry.getValue();
      if (heard.alive() && deadline(heard) <= timeMillis) {
        entry.setValue(heard.silent());
        changes.add(
            new LivenessChanged(
                entry.getKey(),
                StateChange.Liveness.SILENT,
                heard.session(),
                heard.lastBeatMillis()));
      }
    }
    earliestDeadlineMillis = firstDeadline();
    return changes;
  }

  private long firstDeadline() {
    return nodes.values().stream()
        .filter(Heard::alive)
        .mapToLong(this::deadline)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private long deadline(Heard heard) {
    return heard.lastBeatMillis()
        + (heard.restarting() ? settings.restartGraceMillis() : settings.silenceMillis());
  }
}
