package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;

/** What all parts of one run share. */
record World(
    Timeline timeline,
    Dice dice,
    Trace trace,
    Behaviour behaviour,
    AllocationSettings settings,
    SimulatedKafka kafka,
    Wire wire) {}
