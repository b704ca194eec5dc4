package io.sluice.model;

import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.AgentReport.Leases;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Heartbeat.Intent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An agent as it sees itself, which does at once what it is told: beats, reports, no kernel. */
public final class ObedientAgent {

  private final String node;
  private final InterfaceAddress address;
  private final SortedMap<IpAddress, Applied> applied = new TreeMap<>();
  private long session = 1;
  private long sequence;
  private Optional<Leases> leases = Optional.empty();
  private Optional<String> error = Optional.empty();

  public ObedientAgent(String node, InterfaceAddress address) {
    this.node = node;
    this.address = address;
  }

  public IpAddress address() {
    return address.address();
  }

  public void leases(Leases leases) {
    this.leases = Optional.of(leases);
  }

  public void error(Optional<String> error) {
    this.error = error;
  }

  /** Its lease lapsed: it lets go of everything and begins its next session. */
  public void beginNextSession() {
    session++;
    applied.clear();
  }

  /** From now on it says that it has applied this and nothing else. */
  public void pretend(Applied... states) {
    applied.clear();
    for (Applied one : states) {
      applied.put(one.floatingIp(), one);
    }
  }

  public boolean holds(IpAddress ip) {
    return Optional.ofNullable(applied.get(ip))
        .filter(it -> it.state() == AppliedState.HELD)
        .isPresent();
  }

  /** The next heartbeat. */
  public Heartbeat beat(Intent intent) {
    return new Heartbeat("agent-of-" + node, session, ++sequence, 100, intent);
  }

  public AgentReport report() {
    return new AgentReport(
        "agent-of-" + node,
        session,
        "1",
        new Nic("eth0", "02:00:00:00:00:01", List.of(address)),
        List.copyOf(applied.values()),
        error,
        leases,
        Optional.empty());
  }

  /**
   * Does what the assignments say.
   *
   * @return whether that changed what it has to report
   */
  public boolean carryOut(Map<IpAddress, Assignment> assignments) {
    boolean changed = false;
    for (var entry : assignments.entrySet()) {
      IpAddress ip = entry.getKey();
      Assignment assignment = entry.getValue();
      Optional<Applied> wanted =
          wanted(assignment).map(state -> new Applied(ip, assignment.epoch(), state));
      Optional<Applied> before =
          Optional.ofNullable(
              wanted.isPresent() ? applied.put(ip, wanted.get()) : applied.remove(ip));
      changed |= !wanted.equals(before);
    }
    return changed;
  }

  private Optional<AppliedState> wanted(Assignment assignment) {
    if (assignment.successor().filter(this::isMe).isPresent()) {
      return Optional.of(AppliedState.PREPARED);
    }
    return assignment
        .holder()
        .filter(this::isMe)
        .map(_ ->
            assignment.state() == Assignment.State.GRANTED
                ? AppliedState.HELD
                : AppliedState.RELEASED);
  }

  private boolean isMe(Holder holder) {
    return holder.node().equals(node) && holder.session() == session;
  }
}
