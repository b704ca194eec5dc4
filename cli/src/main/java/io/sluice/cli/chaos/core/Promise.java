package io.sluice.cli.chaos.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What must hold for a fault in a mode (design, sections 8 and 9). Besides: traffic comes back, no
 * packet leaves with another source, and the observer saw everything.
 *
 * @param twoHolderMillis for how long an address may have two holders
 * @param outageMillis the longest outage, at the 99th percentile of the runs; empty if only its end
 *     is promised
 * @param nothingLost whether no packet may be lost
 * @param stays whether no address may change its node
 * @param silentAfterMillis if nobody may have the address from so long after the fault until it is
 *     healed
 */
public record Promise(
    long twoHolderMillis,
    OptionalLong outageMillis,
    boolean nothingLost,
    boolean stays,
    OptionalLong silentAfterMillis) {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Nobody has an address together with another, and traffic comes back. */
  static Promise oneHolder() {
    return new Promise(0, OptionalLong.empty(), false, false, OptionalLong.empty());
  }

  Promise twoHolders(long millis) {
    return new Promise(millis, outageMillis, nothingLost, stays, silentAfterMillis);
  }

  Promise outage(long millis) {
    return new Promise(
        twoHolderMillis, OptionalLong.of(millis), nothingLost, stays, silentAfterMillis);
  }

  Promise losesNothing() {
    return new Promise(twoHolderMillis, outageMillis, true, stays, silentAfterMillis);
  }

  Promise nobodyMoves() {
    return new Promise(twoHolderMillis, outageMillis, nothingLost, true, silentAfterMillis);
  }

  Promise silentAfter(long millis) {
    return new Promise(twoHolderMillis, outageMillis, nothingLost, stays, OptionalLong.of(millis));
  }

  /** In words, for a table. */
  public String text() {
    List<String> parts = new ArrayList<>();
    parts.add(twoHolderMillis == 0 ? "never two holders" : "two <= " + twoHolderMillis + " ms");
    outageMillis.ifPresent(millis -> parts.add("outage p99 <= " + millis + " ms"));
    if (nothingLost) {
      parts.add("no packet lost");
    }
    if (stays) {
      parts.add("stays where it is");
    }
    silentAfterMillis.ifPresent(millis -> parts.add("silent after " + millis + " ms"));
    return String.join(", ", parts);
  }

  /** What a run did not keep, a sentence each, with the times; empty if it kept all. */
  public List<String> brokenBy(RunResult run) {
    List<String> broken = new ArrayList<>();
    if (run.observation().framesLost() > 0) {
      broken.add(
          "the observer lost %d frames: the run proves nothing"
              .formatted(run.observation().framesLost()));
    }
    if (run.observation().signs() == 0) {
      broken.add("the observer saw nothing: the run proves nothing");
    }
    if (millis(run.twoHolderNanos()) > twoHolderMillis) {
      broken.add(twoHolders(run));
    }
    if (nothingLost && run.traffic().lost() > 0) {
      broken.add(
          "%d of %d packets were lost, the longest outage began at %s"
              .formatted(
                  run.traffic().lost(),
                  run.traffic().sent(),
                  after(run, run.traffic().outageFromNanos())));
    }
    run.handover().filter(_ -> stays).ifPresent(it -> broken.add("it moved to " + it.to()));
    silentAfterMillis.ifPresent(allowed -> {
      long last = run.lastSignInFaultNanos().orElse(run.completeNanos());
      if (millis(last - run.completeNanos()) > allowed) {
        broken.add(
            "somebody still had the address at %s, %.1f ms after the fault was complete"
                .formatted(after(run, last), millis(last - run.completeNanos())));
      }
    });
    if (!run.traffic().returned()) {
      broken.add("the traffic did not come back");
    }
    if (!run.traffic().strangeSources().isEmpty()) {
      broken.add("packets left with another source: " + run.traffic().strangeSources());
    }
    return broken;
  }

  private static String twoHolders(RunResult run) {
    List<String> intervals =
        run.overlaps().stream()
            .limit(3)
            .map(overlap ->
                "%s and %s had %s from %s to %s"
                    .formatted(
                        overlap.first(),
                        overlap.second(),
                        overlap.address(),
                        after(run, overlap.fromNanos()),
                        after(run, overlap.toNanos())))
            .toList();
    return String.format(Locale.ROOT, "two holders for %.1f ms: ", millis(run.twoHolderNanos()))
        + String.join("; ", intervals)
        + (run.overlaps().size() > 3 ? "; ..." : "");
  }

  private static String after(RunResult run, long nanos) {
    return String.format(Locale.ROOT, "%+.1f ms", millis(nanos - run.begunNanos()));
  }

  static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }

  /** The slack of what is measured: the fence shuts within this time of its deadline. */
  static final long FENCE_SLACK_MILLIS = 5;
}
