package io.sluice.cli.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What became of a probe's datagrams.
 *
 * @param shots all of them, in the order they were sent
 */
public record ProbeReport(List<Shot> shots) {

  public ProbeReport {
    shots = shots.stream().sorted(Comparator.comparingLong(Shot::sequence)).toList();
  }

  /**
   * One datagram.
   *
   * @param answeredAt when the answer came; empty if none did
   * @param source the source address the outside host saw; empty without an answer
   */
  public record Shot(
      long sequence, Instant sentAt, Optional<Instant> answeredAt, Optional<String> source) {

    public boolean answered() {
      return answeredAt.isPresent();
    }
  }

  /**
   * A time without answers.
   *
   * @param lastBefore the last datagram before it that was answered
   * @param firstAfter the first one after it that was answered
   * @param lost how many between the two were not
   */
  public record Outage(Shot lastBefore, Shot firstAfter, long lost) {

    /** From the last datagram that got through to the next one that did, by their sending. */
    public Duration duration() {
      return Duration.between(lastBefore.sentAt(), firstAfter.sentAt());
    }
  }

  public long sent() {
    return shots.size();
  }

  public long answered() {
    return shots.stream().filter(Shot::answered).count();
  }

  /** Those that were never answered, also at the end. */
  public long lost() {
    return sent() - answered();
  }

  /** Every time between two answered datagrams in which at least one was not, in order. */
  public List<Outage> outages() {
    List<Outage> outages = new ArrayList<>();
    Shot last = null;
    long lost = 0;
    for (Shot shot : shots) {
      if (!shot.answered()) {
        lost++;
        continue;
      }
      if (last != null && lost > 0) {
        outages.add(new Outage(last, shot, lost));
      }
      last = shot;
      lost = 0;
    }
    return outages;
  }

  /** The longest outage; empty if nothing was lost between two answers. */
  public Optional<Outage> longestOutage() {
    return outages().stream().max(Comparator.comparing(Outage::duration));
  }

  /** Whether the probe of this or a later time of sending has been answered. */
  public boolean answeredSince(Instant time) {
    return shots.stream().anyMatch(shot -> shot.answered() && !shot.sentAt().isBefore(time));
  }

  /** The source addresses that the outside host saw, each once, in order of appearance. */
  public List<String> sources() {
    LinkedHashSet<String> sources = new LinkedHashSet<>();
    shots.forEach(shot -> shot.source().ifPresent(sources::add));
    return List.copyOf(sources);
  }
}
