package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import java.time.Duration;

/** What all parts of one run share. */
record World(
    Timeline timeline,
    Dice dice,
    Trace trace,
    Behaviour behaviour,
    AllocationSettings settings,
    SimulatedKafka kafka,
    Wire wire) {

  /** How long the kernel keeps addresses open for an agent that restarts, as by the defaults. */
  Duration restartLease() {
    return Duration.ofMillis(settings.restartGraceMillis() * 8 / 10);
  }
}
