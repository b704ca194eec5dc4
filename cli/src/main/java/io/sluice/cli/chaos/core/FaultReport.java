package io.sluice.cli.chaos.core;

import io.sluice.cli.core.Percentiles;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All runs of one fault in one mode.
 *
 * @param failures of runs that could not be brought to their end
 */
public record FaultReport(
    Fault fault, LeaseMode mode, Profile profile, List<RunResult> runs, List<String> failures) {

  public FaultReport {
    runs = List.copyOf(runs);
    failures = List.copyOf(failures);
  }

  /** What must hold. */
  public Promise promise() {
    return fault.promise(mode, profile);
  }

  /** The longest outage of each run. */
  public Percentiles outages() {
    return Percentiles.of(runs.stream().map(run -> run.traffic().outageNanos()).toList());
  }

  /** The most packets that a run lost. */
  public long lostAtMost() {
    return runs.stream().mapToLong(run -> run.traffic().lost()).max().orElse(0);
  }

  /** The longest that an address had two holders in a run. */
  public double twoHolderMillisAtMost() {
    return Promise.millis(runs.stream().mapToLong(RunResult::twoHolderNanos).max().orElse(0));
  }

  /** What was not kept, a sentence each; empty if the promise holds. */
  public List<String> broken() {
    List<String> broken = new ArrayList<>();
    failures.forEach(failure -> broken.add(name() + ": " + failure));
    for (RunResult run : runs) {
      for (String sentence : promise().brokenBy(run)) {
        broken.add(
            "%s, run %d, %s on %s: %s"
                .formatted(name(), run.number(), run.address(), run.victim(), sentence));
      }
    }
    promise()
        .outageMillis()
        .ifPresent(allowed -> {
          if (outages().p99Millis() > allowed) {
            broken.add(
                String.format(
                    Locale.ROOT,
                    "%s: the outage was %.1f ms at the 99th percentile, more than %d ms",
                    name(),
                    outages().p99Millis(),
                    allowed));
          }
        });
    return broken;
  }

  private String name() {
    return fault + ", " + mode.name().toLowerCase(Locale.ROOT);
  }
}
