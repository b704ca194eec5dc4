package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.AllocationState;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The allocator's instances: one has the task, another takes over when that one falls silent. */
final class AllocatorGroup {

  private static final long SESSION_TIMEOUT = TimeUnit.MILLISECONDS.toNanos(500);

  private final Timeline timeline;
  private final Dice dice;
  private final SimulatedKafka kafka;
  private final Behaviour behaviour;
  private final NodeClock clock;
  private final AllocationSettings settings;
  private final Trace trace;
  private Optional<AllocatorTask> active = Optional.empty();
  private long startedAt;

  AllocatorGroup(
      Timeline timeline,
      Dice dice,
      SimulatedKafka kafka,
      Behaviour behaviour,
      AllocationSettings settings,
      Trace trace) {
    this.timeline = timeline;
    this.dice = dice;
    this.kafka = kafka;
    this.behaviour = behaviour;
    this.clock =
        new NodeClock(
            timeline, dice.between(-100, 100), dice.millis(0, 1e6), dice.millis(-200, 200));
    this.settings = settings;
    this.trace = trace;
  }

  /** When the task that is active, or was last, began. */
  long startedAt() {
    return startedAt;
  }

  void arrived(InputTopic topic) {
    active.ifPresent(task -> task.arrived(topic));
  }

  NodeClock clock() {
    return clock;
  }

  /** What the task that is active has decided. */
  Optional<AllocationState> state() {
    return active.map(AllocatorTask::state);
  }

  /** The same, unless something of it is still to be committed. */
  Optional<AllocationState> committedState() {
    return active.flatMap(AllocatorTask::committedState);
  }

  void start() {
    AllocatorTask task = new AllocatorTask(timeline, dice, kafka, behaviour, clock, settings);
    active = Optional.of(task);
    startedAt = timeline.now();
    task.start();
    trace.note("allocator", () -> "has taken over");
  }

  /** The process is killed; its standby takes over. */
  void crash() {
    active.ifPresent(task -> {
      task.kill();
      active = Optional.empty();
      takeOverAfter(dice.millis(300, 1_200));
    });
  }

  /** The process stands still; if for long, it is replaced and comes back as a ghost. */
  void freeze(long nanos) {
    active.ifPresent(task -> {
      task.freeze();
      timeline.after(nanos, task::thaw);
      long replacedAfter = SESSION_TIMEOUT + dice.millis(10, 250);
      if (nanos > replacedAfter) {
        active = Optional.empty();
        takeOverAfter(replacedAfter);
      }
    });
  }

  /** The task moves to another thread in good order. */
  void rebalance() {
    active.ifPresent(task -> {
      if (!kafka.isUp()) {
        return;
      }
      task.close();
      active = Optional.empty();
      takeOverAfter(dice.millis(50, 300));
    });
  }

  private void takeOverAfter(long nanos) {
    timeline.after(nanos, this::takeOver);
  }

  private void takeOver() {
    if (kafka.isUp()) {
      start();
    } else {
      takeOverAfter(dice.millis(20, 100));
    }
  }
}
