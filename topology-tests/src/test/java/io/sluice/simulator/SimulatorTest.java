package io.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.simulator.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real cores under faults: what was promised holds, and a seed says all about a run. */
class SimulatorTest {

  private static final int SEEDS = 1_000;
  private static final int FAULTS = 24;

  private static Outcome run(long seed, boolean traced) {
    return Simulation.run(seed, FAULTS, Optional.empty(), traced);
  }

  @Test
  void noPromiseIsBrokenInAThousandRuns() {
    List<String> broken = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome outcome = run(seed, false);
      outcome.violation().ifPresent(text -> broken.add("seed " + outcome.seed() + ": " + text));
    }
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 70, 7_000_000_007L})
  void theSameSeedGivesTheSameTrace(long seed) {
    Outcome first = run(seed, true);
    assertThat(first.trace()).hasSizeGreaterThan(FAULTS).isEqualTo(run(seed, true).trace());
  }

  @Test
  void tracingChangesNothing() {
    assertThat(run(11, true).steps()).isEqualTo(run(11, false).steps());
  }

  @Test
  void anotherSeedIsAnotherRun() {
    assertThat(LongStream.range(1, 20).map(seed -> run(seed, false).steps()).distinct().count())
        .isGreaterThan(10);
  }

  @Test
  void everyFaultThatWasAskedForStrikes() {
    assertThat(run(5, true).trace()).filteredOn(line -> line.contains(" FAULT ")).hasSize(FAULTS);
  }
}
