package io.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.simulator.Simulation.Outcome;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator is worth what it catches: each planted mistake is noticed. */
class PlantedBugsTest {

  private static final int SEEDS = 1_000;
  private static final int FAULTS = 24;

  @ParameterizedTest
  @EnumSource
  void everyPlantedBugIsCaught(Bug bug, TestReporter reporter) {
    Optional<Outcome> caught =
        LongStream.rangeClosed(1, SEEDS)
            .mapToObj(seed -> Simulation.run(seed, FAULTS, Optional.of(bug), false))
            .filter(outcome -> outcome.violation().isPresent())
            .findFirst();
    assertThat(caught).as("%s: %s", bug, bug.description()).isPresent();
    Outcome outcome = caught.orElseThrow();
    reporter.publishEntry(
        bug.toString(), "seed " + outcome.seed() + ": " + outcome.violation().orElseThrow());
    // It is the mistake that was caught and not something that is wrong anyway.
    assertThat(Simulation.run(outcome.seed(), FAULTS, Optional.empty(), false).violation())
        .as("seed %d without the bug", outcome.seed())
        .isEmpty();
  }

  @Test
  void thereAreEnoughOfThem() {
    assertThat(Bug.values()).hasSizeGreaterThanOrEqualTo(20);
  }
}
