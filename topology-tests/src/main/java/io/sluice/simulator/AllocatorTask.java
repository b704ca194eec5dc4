package io.sluice.simulator;

import io.sluice.allocator.core.Decider;
import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.allocator.core.allocation.AllocationInput.ReportRead;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.StateChange;
import io.sluice.simulator.SimulatedKafka.Appended;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The real allocation between the topics, as the stream processor drives it: restored from the
 * committed state, its outputs open until the next transaction.
 */
final class AllocatorTask {

  private static final long IDLE_COMMIT = TimeUnit.SECONDS.toNanos(1);
  private static final long NEVER = Long.MAX_VALUE;

  private final Timeline timeline;
  private final Dice dice;
  private final SimulatedKafka kafka;
  private final Behaviour behaviour;
  private final NodeClock clock;
  private final Allocation allocation;
  private final Decider<AllocationInput> decider;
  private final int generation;
  private final Map<InputTopic, Integer> positions = new EnumMap<>(InputTopic.class);
  private final Set<InputTopic> fetching = EnumSet.noneOf(InputTopic.class);
  private final List<AuditEntry> open = new ArrayList<>();
  private final List<Runnable> backlog = new ArrayList<>();

  private boolean dead;
  private boolean frozen;
  private boolean commitWanted;
  private long tickAt = NEVER;

  /** The time of the log as the processor keeps it: the last beat's, and what passed since. */
  private boolean heard;

  private long lastBeatMillis;
  private long heardAtMillis;

  AllocatorTask(
      Timeline timeline,
      Dice dice,
      SimulatedKafka kafka,
      Behaviour behaviour,
      NodeClock clock,
      AllocationSettings settings) {
    this.timeline = timeline;
    this.dice = dice;
    this.kafka = kafka;
    this.behaviour = behaviour;
    this.clock = clock;
    this.allocation = new Allocation(behaviour.settings(settings));
    this.decider = behaviour.decider(allocation, kafka::millis, this::wallMillis);
    this.generation = kafka.nextGeneration();
  }

  void start() {
    TaskState state = kafka.taskState();
    positions.putAll(state.positions());
    state.changes().values().forEach(decider::restore);
    decider.resume(state.sequence());
    for (InputTopic topic : InputTopic.values()) {
      arrived(topic);
    }
    planTick();
    planIdleCommit();
  }

  AllocationState state() {
    return allocation.state();
  }

  /** What it has decided, if all of that is committed. */
  Optional<AllocationState> committedState() {
    return open.isEmpty() ? Optional.of(allocation.state()) : Optional.empty();
  }

  // ---- its life ---------------------------------------------------------------------------------

  void kill() {
    if (!dead && !behaviour.commitsOutputsWithOffsets()) {
      kafka.commitOutputsOnly(generation, open);
    }
    dead = true;
  }

  void freeze() {
    frozen = true;
  }

  void thaw() {
    frozen = false;
    List<Runnable> late = List.copyOf(backlog);
    backlog.clear();
    late.forEach(this::whenRunning);
  }

  /** Ends in good order. */
  void close() {
    commit();
    dead = true;
  }

  private void after(long nanos, Runnable action) {
    timeline.after(nanos, () -> whenRunning(action));
  }

  private void whenRunning(Runnable action) {
    if (frozen) {
      backlog.add(action);
    } else if (!dead) {
      action.run();
    }
  }

  // ---- its work ---------------------------------------------------------------------------------

  /** Something was appended to this topic. */
  void arrived(InputTopic topic) {
    if (fetching.add(topic)) {
      after(dice.millis(0.2, 2), () -> fetch(topic));
    }
  }

  private void fetch(InputTopic topic) {
    fetching.remove(topic);
    if (!kafka.isUp()) {
      return;
    }
    List<Appended> log = kafka.input(topic);
    for (int i = positions.getOrDefault(topic, 0); i < log.size(); i++) {
      positions.put(topic, i + 1);
      process(topic, log.get(i));
    }
    planTick();
  }

  private void process(InputTopic topic, Appended record) {
    if (topic == InputTopic.HEARTBEATS) {
      heard = true;
      lastBeatMillis = record.timestampMillis();
      heardAtMillis = monotonicMillis();
    }
    Cause cause = new Cause(topic.topic(), 0, record.offset(), record.timestampMillis());
    written(decider.on(seen(record.input()), cause, nowMillis()));
  }

  private AllocationInput seen(AllocationInput input) {
    return input instanceof ReportRead(var node, var report)
        ? new ReportRead(node, report.map(behaviour::read))
        : input;
  }

  private void written(List<AuditEntry> decided) {
    List<AuditEntry> entries = behaviour.written(decided);
    if (entries.isEmpty()) {
      return;
    }
    open.addAll(entries);
    if (!behaviour.readsCommittedOnly()) {
      kafka.exposeUncommitted(entries);
    }
    boolean awaited =
        entries.stream()
            .flatMap(entry -> entry.changes().stream())
            .anyMatch(change ->
                change instanceof StateChange.AssignmentChanged
                    || change instanceof StateChange.BindingChanged);
    if (awaited && !commitWanted) {
      commitWanted = true;
      after(dice.millis(2, 6), this::commitWhenUp);
    }
  }

  private void commitWhenUp() {
    if (kafka.isUp()) {
      commitWanted = false;
      commit();
    } else {
      after(dice.millis(2, 20), this::commitWhenUp);
    }
  }

  private void planIdleCommit() {
    after(
        IDLE_COMMIT,
        () -> {
          if (kafka.isUp()) {
            commit();
          }
          planIdleCommit();
        });
  }

  private void commit() {
    if (kafka.isFenced(generation)) {
      dead = true;
      return;
    }
    List<AuditEntry> entries = List.copyOf(open);
    open.clear();
    kafka.commit(generation, entries, positions);
  }

  /** The processor looks every two milliseconds whether a deadline has passed. */
  private void planTick() {
    long deadline = decider.nextDeadlineMillis();
    if (deadline == Decider.NO_DEADLINE) {
      return;
    }
    long millis = Math.clamp(deadline - nowMillis(), 0, 60_000);
    long at = timeline.now() + TimeUnit.MILLISECONDS.toNanos(millis) + dice.millis(0.1, 2.1);
    if (at < tickAt) {
      tickAt = at;
      after(at - timeline.now(), () -> tick(at));
    }
  }

  private void tick(long planned) {
    if (planned != tickAt) {
      return;
    }
    tickAt = NEVER;
    if (nowMillis() >= decider.nextDeadlineMillis()) {
      written(decider.tick(nowMillis()));
    }
    planTick();
  }

  private long nowMillis() {
    return heard ? lastBeatMillis + monotonicMillis() - heardAtMillis : wallMillis();
  }

  private long monotonicMillis() {
    return TimeUnit.NANOSECONDS.toMillis(clock.monotonic());
  }

  private long wallMillis() {
    return SimulatedKafka.START_MILLIS + TimeUnit.NANOSECONDS.toMillis(clock.wall());
  }
}
