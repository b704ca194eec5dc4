package io.sluice.allocator.core.allocation;

import io.sluice.allocator.core.allocation.AllocationInput.Beat;
import io.sluice.allocator.core.allocation.AllocationInput.ReportRead;
import io.sluice.allocator.core.allocation.AllocationInput.ResourceRead;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.Leases;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
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
import io.sluice.model.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A cluster with agents that beat and, unless told otherwise, do as they are told. */
final class Scenario {

  static final long START_MILLIS = 1_000_000;
  static final ObjectId DEFAULT_GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");

  private final AllocationSettings settings;
  private Allocation allocation;
  private final List<AuditEntry> audit = new ArrayList<>();
  private final SortedMap<String, ObedientAgent> agents = new TreeMap<>();
  private final Map<String, Long> lastBeatMillis = new HashMap<>();
  private final NavigableSet<String> beating = new TreeSet<>();
  private long nowMillis = START_MILLIS;
  private boolean obedient = true;

  Scenario() {
    this(AllocationSettings.DEFAULT);
  }

  Scenario(AllocationSettings settings) {
    this.settings = settings;
    allocation = new Allocation(settings);
    allocation.resume(0);
  }

  static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  static Metadata metadata(long createdAtMillis) {
    return new Metadata("uid", "1", 1, createdAtMillis);
  }

  static Gateway gatewayOf(long createdAtMillis, String... ips) {
    return new Gateway(
        metadata(createdAtMillis),
        List.of(ips),
        Optional.empty(),
        Failback.GRADUAL,
        LeaseMode.AVAILABLE);
  }

  static Policy policyOf(long createdAtMillis, Optional<String> egressIp, String... destinations) {
    return new Policy(
        metadata(createdAtMillis),
        List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
        Policy.Action.SNAT,
        Arrays.asList(destinations),
        egressIp,
        Optional.empty(),
        false);
  }

  static Node nodeOf(Map<String, String> labels, String address, boolean ready) {
    return new Node(metadata(1), labels, List.of(address), List.of(), ready, false);
  }

  // ---- inputs ---------------------------------------------------------------------------------

  Scenario resource(ObjectId id, Resource resource) {
    take(new ResourceRead(id, Optional.of(resource)));
    return this;
  }

  Scenario delete(ObjectId id) {
    take(new ResourceRead(id, Optional.empty()));
    return this;
  }

  /** The usual gateway. */
  Scenario gateway(String... ips) {
    return resource(DEFAULT_GATEWAY, gatewayOf(1, ips));
  }

  Scenario policy(String name, Policy policy) {
    return resource(ObjectId.policy(name), policy);
  }

  /** Node n of the subnet 10.40.0.0/16, ready, its agent about to beat. */
  Scenario node(int n) {
    return node("node-" + n, "10.40.0." + (10 + n) + "/16");
  }

  Scenario node(String name, String address) {
    InterfaceAddress own = InterfaceAddress.parse(address);
    agents.put(name, new ObedientAgent(name, own));
    beating.add(name);
    resource(ObjectId.node(name), nodeOf(Map.of(), own.address().toString(), true));
    report(name);
    return this;
  }

  Scenario nodes(int count) {
    for (int n = 1; n <= count; n++) {
      node(n);
    }
    return this;
  }

  Scenario label(String node, Map<String, String> labels) {
    return resource(
        ObjectId.node(node), nodeOf(labels, agents.get(node).address().toString(), true));
  }

  Scenario ready(String node, boolean ready) {
    return resource(
        ObjectId.node(node), nodeOf(Map.of(), agents.get(node).address().toString(), ready));
  }

  /** From now on the agent is not heard of. */
  Scenario silence(String... nodes) {
    Arrays.asList(nodes).forEach(beating::remove);
    return this;
  }

  Scenario revive(String node) {
    beating.add(node);
    return this;
  }

  /** The agents carry out nothing and report nothing of their own accord. */
  Scenario disobedient() {
    obedient = false;
    return this;
  }

  Scenario beat(String node, Intent intent) {
    lastBeatMillis.put(node, nowMillis);
    return beat(node, agents.get(node).beat(intent), nowMillis);
  }

  Scenario beat(String node, Heartbeat heartbeat, long timeMillis) {
    nowMillis = timeMillis;
    take(new Beat(node, heartbeat));
    return this;
  }

  /** The agent's lease lapsed: it lets go of everything and begins its next session. */
  Scenario newSession(String node) {
    agents.get(node).beginNextSession();
    return this;
  }

  /** The agent says how long its leases are. */
  Scenario leases(String node, Leases leases) {
    agents.get(node).leases(leases);
    return report(node);
  }

  /** The agent reports that something is wrong. */
  Scenario error(String node, String text) {
    agents.get(node).error(Optional.of(text));
    return report(node);
  }

  /** The agent reports that nothing is wrong. */
  Scenario well(String node) {
    agents.get(node).error(Optional.empty());
    return report(node);
  }

  Scenario report(String node) {
    take(new ReportRead(node, Optional.of(agents.get(node).report())));
    return this;
  }

  Scenario report(String node, Applied... applied) {
    agents.get(node).pretend(applied);
    return report(node);
  }

  // ---- time -----------------------------------------------------------------------------------

  /** So long everybody who beats does so every 100 ms, and the clock ticks every 10 ms. */
  Scenario run(long millis) {
    for (long until = nowMillis + millis; nowMillis < until; nowMillis += 10) {
      if (nowMillis % 100 == 0) {
        List.copyOf(beating).forEach(node -> beat(node, Intent.RUNNING));
      }
      tick(nowMillis);
    }
    return this;
  }

  Scenario tick(long timeMillis) {
    nowMillis = timeMillis;
    record(allocation.tick(nowMillis));
    return this;
  }

  long nowMillis() {
    return nowMillis;
  }

  private void take(AllocationInput input) {
    Cause cause = new Cause("test", 0, audit.size(), nowMillis);
    record(allocation.on(input, cause, nowMillis));
  }

  private void record(List<AuditEntry> entries) {
    audit.addAll(entries);
    if (obedient && !entries.isEmpty()) {
      carryOut();
    }
  }

  private void carryOut() {
    List.copyOf(beating).forEach(this::carryOut);
  }

  /** The agent reads the assignments, does what they say, and reports it. */
  void carryOut(String node) {
    if (agents.get(node).carryOut(state().assignments())) {
      report(node);
    }
  }

  /** The nodes whose kernel answers for the address: granted, not let go of, the lease running. */
  List<String> nodesThatAnswerFor(IpAddress ip) {
    return agents.entrySet().stream()
        .filter(entry -> entry.getValue().holds(ip) && !leaseLapsed(entry.getKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The agent beats again; if its lease has lapsed meanwhile, in its next session. */
  void comeBack(String node) {
    if (beating.add(node) && leaseLapsed(node)) {
      newSession(node);
    }
  }

  private boolean leaseLapsed(String node) {
    return nowMillis >= lastBeatMillis.getOrDefault(node, 0L) + settings.leaseMillis();
  }

  NavigableSet<String> beating() {
    return beating;
  }

  /** The task ends, and another one goes on from what is stored. */
  Scenario restart() {
    return restart(settings);
  }

  /** The same with other settings. */
  Scenario restart(AllocationSettings settings) {
    allocation = new Allocation(settings);
    lastChanges().values().forEach(allocation::restore);
    allocation.resume(audit.isEmpty() ? 0 : audit.getLast().sequence());
    return this;
  }

  // ---- what came of it ------------------------------------------------------------------------

  AllocationState state() {
    return allocation.state();
  }

  Allocation allocation() {
    return allocation;
  }

  List<AuditEntry> audit() {
    return audit;
  }

  /** The last change of every entity. */
  SortedMap<String, StateChange> lastChanges() {
    SortedMap<String, StateChange> last = new TreeMap<>();
    audit.forEach(entry -> entry.changes().forEach(change -> last.put(change.entity(), change)));
    return last;
  }

  Assignment assignment(String ip) {
    return state().assignments().get(ip(ip));
  }

  /** The node that has the address or is leaving it; empty text if none. */
  String holder(String ip) {
    return Optional.ofNullable(assignment(ip))
        .flatMap(Assignment::holder)
        .map(Holder::node)
        .orElse("");
  }

  SortedMap<String, List<String>> addressesByNode() {
    SortedMap<String, List<String>> held = new TreeMap<>();
    state()
        .assignments()
        .forEach((ip, assignment) ->
            assignment
                .holder()
                .ifPresent(h ->
                    held.computeIfAbsent(h.node(), _ -> new ArrayList<>()).add(ip.toString())));
    return held;
  }

  Status status(ObjectId id) {
    return allocation.statuses().get(id);
  }

  Status.Condition condition(ObjectId id, String type) {
    return status(id).conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }
}
