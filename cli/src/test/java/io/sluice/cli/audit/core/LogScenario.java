package io.sluice.cli.audit.core;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.allocator.core.allocation.AllocationInput.Beat;
import io.sluice.allocator.core.allocation.AllocationInput.ReportRead;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.selection.Selection;
import io.sluice.allocator.core.selection.SelectionInput;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Gateway;
import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObedientAgent;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Drives the allocator's own core, with agents that do as they are told, and writes its audit log
 * and the live state as the topics would have them.
 */
public final class LogScenario {

  public static final long START_MILLIS = 1_753_783_200_000L;
  public static final String DRAIN = "networking.sluice.io/drain";

  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");

  private final Allocation allocation = new Allocation(AllocationSettings.DEFAULT);
  private final Selection selection = new Selection();
  private final List<LoggedEntry> log = new ArrayList<>();
  private final SortedMap<IpAddress, Assignment> assignments = new TreeMap<>();
  private final Map<BindingId, Binding> bindings = new HashMap<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private final SortedMap<String, ObedientAgent> agents = new TreeMap<>();
  private final SortedSet<String> beating = new TreeSet<>();
  private final SortedSet<String> deaf = new TreeSet<>();
  private long nowMillis = START_MILLIS;

  public LogScenario() {
    allocation.resume(0);
    selection.resume(0);
  }

  /** Three nodes, a gateway with three addresses, all of them placed. */
  public static LogScenario started() {
    LogScenario scenario = new LogScenario();
    for (int n = 1; n <= 3; n++) {
      scenario.node(n);
    }
    return scenario.gateway("10.40.1.100-10.40.1.102").run(1_000);
  }

  /** What may happen in a year, in less time; the seed repeats it. */
  public static LogScenario random(long seed, int entries) {
    Random random = new Random(seed);
    LogScenario scenario = started();
    scenario.namespace("alice", Map.of("team", "alice"));
    while (scenario.log.size() < entries) {
      scenario.act(random);
      scenario.run(10L * (1 + random.nextInt(120)));
    }
    return scenario;
  }

  private void act(Random random) {
    String node = "node-" + (1 + random.nextInt(3));
    String policy = "policy-" + random.nextInt(4);
    String pod = "pod-" + random.nextInt(8);
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        if (beating.size() > 1) {
          silence(node);
        }
      }
      case 3, 4, 5 -> comeBack(node);
      case 6 -> label(node, random.nextBoolean() ? Map.of(DRAIN, "true") : Map.of());
      case 7 -> gateway("10.40.1.100-10.40.1.10" + (2 + random.nextInt(3)));
      case 8 ->
          policy(
              policy,
              random.nextInt(4),
              random.nextBoolean()
                  ? Optional.empty()
                  : Optional.of("10.40.1." + (100 + random.nextInt(4))));
      case 9 -> resource(ObjectId.policy(policy), Optional.empty());
      case 10 -> pod("alice", pod, "10.244.1." + (10 + random.nextInt(8)), node);
      case 11 -> workload(ObjectId.pod("alice", pod), Optional.empty());
      default -> throw new AssertionError("no such action");
    }
  }

  // ---- inputs -----------------------------------------------------------------------------------

  public LogScenario node(int n) {
    String name = "node-" + n;
    agents.put(
        name, new ObedientAgent(name, InterfaceAddress.parse("10.40.0." + (10 + n) + "/16")));
    beating.add(name);
    label(name, Map.of());
    report(name);
    return this;
  }

  public LogScenario label(String node, Map<String, String> labels) {
    String address = agents.get(node).address().toString();
    return resource(
        ObjectId.node(node),
        Optional.of(
            new Node(
                metadata(1), labels, List.of(address), List.of("10.244.0.0/16"), true, false)));
  }

  public LogScenario gateway(String... ips) {
    return resource(
        GATEWAY,
        Optional.of(
            new Gateway(
                metadata(1),
                List.of(ips),
                Optional.empty(),
                Gateway.Failback.GRADUAL,
                LeaseMode.AVAILABLE)));
  }

  /** A policy for all Pods. */
  public LogScenario policy(String name, long createdAtMillis, Optional<String> egressIp) {
    return resource(
        ObjectId.policy(name),
        Optional.of(
            new Policy(
                metadata(createdAtMillis),
                List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
                Policy.Action.SNAT,
                List.of("203.0.113.0/24"),
                egressIp,
                Optional.empty(),
                false)));
  }

  public LogScenario namespace(String name, Map<String, String> labels) {
    return workload(
        ObjectId.namespace(name), Optional.of(new Workload.Namespace(metadata(1), labels)));
  }

  public LogScenario pod(String namespace, String name, String ip, String node) {
    return workload(
        ObjectId.pod(namespace, name),
        Optional.of(
            new Workload.Pod(
                metadata(1), Map.of(), List.of(IpAddress.parse(ip)), node, false, false)));
  }

  private static Metadata metadata(long createdAtMillis) {
    return new Metadata("uid", "1", 1, createdAtMillis);
  }

  public LogScenario resource(ObjectId id, Optional<Resource> resource) {
    Cause cause = cause("sluice.resources");
    take(
        Stream.ALLOCATION,
        allocation.on(new AllocationInput.ResourceRead(id, resource), cause, nowMillis));
    take(
        Stream.SELECTION,
        selection.on(new SelectionInput.ResourceRead(id, resource), cause, nowMillis));
    return this;
  }

  public LogScenario workload(ObjectId id, Optional<Workload> workload) {
    take(
        Stream.SELECTION,
        selection.on(
            new SelectionInput.WorkloadRead(id, workload), cause("sluice.workloads"), nowMillis));
    return this;
  }

  /** From now on the agent is not heard of. */
  public LogScenario silence(String node) {
    beating.remove(node);
    return this;
  }

  /** The agent beats again, in its next session. */
  public LogScenario comeBack(String node) {
    if (beating.add(node)) {
      agents.get(node).beginNextSession();
      beat(node, Intent.RUNNING);
      report(node);
    }
    return this;
  }

  /** The agent says that it leaves. */
  public LogScenario leave(String node) {
    beating.remove(node);
    beat(node, Intent.STOPPING);
    return this;
  }

  /** From now on the agent beats and does nothing. */
  public LogScenario deafen(String node) {
    deaf.add(node);
    return this;
  }

  /** So long everybody who beats does so every 100 ms, and the clock ticks every 10 ms. */
  public LogScenario run(long millis) {
    for (long until = nowMillis + millis; nowMillis < until; nowMillis += 10) {
      if (nowMillis % 100 == 0) {
        List.copyOf(beating).forEach(node -> beat(node, Intent.RUNNING));
      }
      take(Stream.ALLOCATION, allocation.tick(nowMillis));
      if (nowMillis >= selection.nextDeadlineMillis()) {
        take(Stream.SELECTION, selection.tick(nowMillis));
      }
    }
    return this;
  }

  private void beat(String node, Intent intent) {
    Heartbeat beat = agents.get(node).beat(intent);
    take(
        Stream.ALLOCATION,
        allocation.on(new Beat(node, beat), cause("sluice.heartbeats"), nowMillis));
  }

  private void report(String node) {
    AgentReport report = agents.get(node).report();
    take(
        Stream.ALLOCATION,
        allocation.on(
            new ReportRead(node, Optional.of(report)), cause("sluice.agents"), nowMillis));
  }

  private Cause cause(String topic) {
    return new Cause(topic, 0, offsets.merge(topic, 1L, Long::sum), nowMillis);
  }

  // ---- what comes of it -------------------------------------------------------------------------

  private void take(Stream stream, List<AuditEntry> entries) {
    for (AuditEntry entry : entries) {
      // The marker of the transaction takes an offset of its own.
      log.add(new LoggedEntry(stream, 2L * log.size(), entry));
      entry.changes().forEach(this::publish);
    }
    if (stream == Stream.ALLOCATION && !entries.isEmpty()) {
      List.copyOf(beating).stream().filter(node -> !deaf.contains(node)).forEach(this::carryOut);
    }
  }

  private void publish(StateChange change) {
    switch (change) {
      case StateChange.AssignmentChanged(var ip, var assignment) -> assignments.put(ip, assignment);
      case StateChange.BindingChanged(var id, var binding) -> {
        bindings.remove(id);
        binding.ifPresent(it -> bindings.put(id, it));
      }
      case StateChange.ResourceObserved _,
          StateChange.WorkloadObserved _,
          StateChange.AgentObserved _,
          StateChange.LivenessChanged _,
          StateChange.HoldOffChanged _,
          StateChange.EgressChosen _ -> {
        // No topic of the live state has them.
      }
    }
  }

  private void carryOut(String node) {
    if (agents.get(node).carryOut(allocation.state().assignments())) {
      report(node);
    }
  }

  public long nowMillis() {
    return nowMillis;
  }

  public Allocation allocation() {
    return allocation;
  }

  public Selection selection() {
    return selection;
  }

  public List<LoggedEntry> log() {
    return log;
  }

  /** The content of {@code sluice.assignments}. */
  public SortedMap<IpAddress, Assignment> assignments() {
    return assignments;
  }

  /** The content of {@code sluice.bindings}. */
  public Map<BindingId, Binding> bindings() {
    return bindings;
  }

  /** The node that has the address now. */
  public String holder(String ip) {
    return assignments.get(IpAddress.parse(ip)).holder().orElseThrow().node();
  }

  /** The log as a fold has it, with these looking on. */
  public AuditFold fold(AuditObserver... observers) {
    AuditFold fold = AuditFold.whole(observers);
    log.forEach(fold::accept);
    return fold;
  }
}
