package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The topics of one cluster: what is appended gets the leader's time, and what the allocator writes
 * becomes visible with its offsets and its state at once, or not at all.
 */
final class SimulatedKafka {

  /** When every run begins, milliseconds since the epoch. */
  static final long START_MILLIS = 1_800_000_000_000L;

  /** A record of an input topic. */
  record Appended(long offset, long timestampMillis, AllocationInput input) {}

  private final Timeline timeline;
  private final Dice dice;
  private final Behaviour behaviour;
  private final Map<InputTopic, List<Appended>> inputs = new EnumMap<>(InputTopic.class);
  private final List<Input> decisions = new ArrayList<>();
  private final SortedMap<IpAddress, Assignment> assignments = new TreeMap<>();
  private final Map<BindingId, Binding> bindings = new LinkedHashMap<>();
  private final TaskState taskState = new TaskState();

  private Consumer<InputTopic> onInput = _ -> {};
  private Runnable onDecision = () -> {};
  private BiConsumer<Integer, AuditEntry> onCommit = (_, _) -> {};
  private boolean up = true;
  private long skewMillis;
  private boolean leaderIsAlone;
  private int duplicates;
  private int generation;

  SimulatedKafka(Timeline timeline, Dice dice, Behaviour behaviour) {
    this.timeline = timeline;
    this.dice = dice;
    this.behaviour = behaviour;
    for (InputTopic topic : InputTopic.values()) {
      inputs.put(topic, new ArrayList<>());
    }
  }

  /** Who is told of records: the allocator, the agents' readers, and the invariants. */
  void listen(
      Consumer<InputTopic> allocator, Runnable agents, BiConsumer<Integer, AuditEntry> committed) {
    onInput = allocator;
    onDecision = agents;
    onCommit = committed;
  }

  // ---- the broker -------------------------------------------------------------------------------

  boolean isUp() {
    return up;
  }

  void up(boolean isUp) {
    up = isUp;
    if (isUp) {
      inputs.keySet().forEach(onInput);
    }
  }

  /** The leader's clock. */
  long millis() {
    return START_MILLIS + TimeUnit.NANOSECONDS.toMillis(timeline.now()) + skewMillis;
  }

  /**
   * Another broker leads from now on, whose clock is so far ahead of the true time. A leader that
   * acknowledges what it alone has loses that.
   */
  void moveLeader(long newSkewMillis) {
    long aloneNanos = behaviour.acknowledgedTooEarlyNanos();
    leaderIsAlone = aloneNanos > 0;
    timeline.after(
        aloneNanos,
        () -> {
          leaderIsAlone = false;
          skewMillis = newSkewMillis;
        });
  }

  long skewMillis() {
    return skewMillis;
  }

  /** The next records come twice. */
  void duplicate(int records) {
    duplicates = records;
  }

  // ---- inputs -----------------------------------------------------------------------------------

  /** Appends now; the broker has to be up. */
  void append(InputTopic topic, AllocationInput input) {
    if (leaderIsAlone && topic == InputTopic.HEARTBEATS) {
      return;
    }
    add(topic, millis(), input);
    if (duplicates > 0) {
      duplicates--;
      // A late report of a former session would hide the newer one until the agent's next change.
      if (topic == InputTopic.AGENTS) {
        add(topic, millis(), input);
      } else {
        timeline.after(dice.millis(0, 700), () -> addIfUp(topic, input));
      }
    }
  }

  private void addIfUp(InputTopic topic, AllocationInput input) {
    if (up) {
      add(topic, millis(), input);
    }
  }

  private void add(InputTopic topic, long timestampMillis, AllocationInput input) {
    List<Appended> log = inputs.get(topic);
    log.add(new Appended(log.size(), timestampMillis, input));
    onInput.accept(topic);
  }

  List<Appended> input(InputTopic topic) {
    return inputs.get(topic);
  }

  // ---- decisions --------------------------------------------------------------------------------

  /** What the next task goes on from. */
  TaskState taskState() {
    return taskState;
  }

  /** A new task takes over; the former one is fenced. */
  int nextGeneration() {
    return ++generation;
  }

  /** Whether this task may still write. */
  boolean isFenced(int taskGeneration) {
    return taskGeneration != generation && behaviour.fencesReplacedTasks();
  }

  /** Makes all of it visible: entries, offsets and state. */
  void commit(int task, List<AuditEntry> entries, Map<InputTopic, Integer> positions) {
    taskState.positions().putAll(positions);
    for (AuditEntry entry : entries) {
      taskState.keep(entry);
      publish(task, entry, behaviour.readsCommittedOnly());
    }
    onDecision.run();
  }

  /** A crash between writing the outputs and writing the offsets. */
  void commitOutputsOnly(int task, List<AuditEntry> entries) {
    entries.forEach(entry -> publish(task, entry, true));
    onDecision.run();
  }

  /** Lets readers see what may yet be aborted. */
  void exposeUncommitted(List<AuditEntry> entries) {
    entries.forEach(this::expose);
    onDecision.run();
  }

  private void publish(int task, AuditEntry entry, boolean isNew) {
    if (isNew) {
      expose(entry);
    }
    onCommit.accept(task, entry);
  }

  private void expose(AuditEntry entry) {
    for (StateChange change : entry.changes()) {
      switch (change) {
        case StateChange.AssignmentChanged(var ip, var assignment) -> decide(ip, assignment);
        case StateChange.BindingChanged(var id, var binding) ->
            decide(new Input.BindingRead(id, binding));
        case StateChange.ResourceObserved _,
            StateChange.WorkloadObserved _,
            StateChange.AgentObserved _,
            StateChange.LivenessChanged _,
            StateChange.HoldOffChanged _,
            StateChange.EgressChosen _ -> {
          // For the audit log only.
        }
      }
    }
  }

  private void decide(IpAddress ip, Assignment assignment) {
    assignments.put(ip, assignment);
    decisions.add(new Input.AssignmentRead(ip, Optional.of(assignment)));
  }

  /** Appends a binding; selection's bindings come this way too. */
  void decide(Input.BindingRead read) {
    read.binding()
        .ifPresentOrElse(
            binding -> bindings.put(read.id(), binding), () -> bindings.remove(read.id()));
    decisions.add(read);
  }

  /** Every decision, in order. */
  List<Input> decisions() {
    return decisions;
  }

  /** Both topics read to their end. */
  Input.TopicsRead compacted() {
    return new Input.TopicsRead(new TreeMap<>(assignments), new LinkedHashMap<>(bindings));
  }

  SortedMap<IpAddress, Assignment> assignments() {
    return assignments;
  }
}
