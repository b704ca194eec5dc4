package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.allocator.core.Decider;
import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.AgentReport;
import io.sluice.model.AuditEntry;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What the cores rely on from everything around them, done right. A planted bug does one of these
 * things wrong. One object serves one run.
 */
class Behaviour {

  // ---- the agent's surroundings -----------------------------------------------------------------

  /** How long an agent takes its lease to be. */
  long leaseMillis(AllocationSettings settings) {
    return settings.leaseMillis();
  }

  /** What an agent process calls itself. */
  String instance(String node, int incarnation) {
    return node + "/" + incarnation;
  }

  /** The session that beats and reports name. */
  long sessionTold(String node, long session) {
    return session;
  }

  /** The clock by which an agent measures its lease, in nanoseconds. */
  long leaseClock(NodeClock clock) {
    return clock.monotonic();
  }

  /** From when an acknowledged beat entitles to addresses. */
  long leaseCountsFrom(long sentAt, long receivedAt) {
    return sentAt;
  }

  /** What the core gets to see of a decision. */
  Input delivered(String node, Input input) {
    return input;
  }

  /** Whether an agent waits until it has read its topics to their end. */
  boolean readsToTheEndFirst() {
    return true;
  }

  /** Whether readers see only what was committed. */
  boolean readsCommittedOnly() {
    return true;
  }

  /** How long before the kernel has changed a release is reported. */
  long releaseReportedEarlyNanos() {
    return 0;
  }

  /** How long before its addresses are let go of an agent that stops says farewell. */
  long farewellSaidEarlyNanos() {
    return 0;
  }

  /** Whether an agent that is told to restart while it is cut off keeps what it holds. */
  boolean keepsForRestartWhenCutOff() {
    return false;
  }

  /** Whether a report that was not acknowledged is sent again. */
  boolean repeatsReports() {
    return true;
  }

  /** Whether the kernel tells that nobody is at the other end of the cable. */
  boolean noticesLossOfCarrier() {
    return true;
  }

  /** Whether it is noticed that somebody else changes something of ours in the kernel. */
  boolean noticesDrift() {
    return true;
  }

  /** Whether a holder in mode available yields to another machine that has its address. */
  boolean watchesTheWire() {
    return true;
  }

  /** Whether a holder that is cut off asks the wire for what it holds. */
  boolean asksWhileCutOff() {
    return true;
  }

  /** Whether an agent that wakes up from a freeze asks the wire before it goes on. */
  boolean asksAfterFreeze() {
    return true;
  }

  /** What is sent of what the core reports. */
  AgentReport reported(AgentReport report) {
    return report;
  }

  /** Whether a grant to a former session counts as one to the present session. */
  boolean formerGrantsCount() {
    return false;
  }

  // ---- the kernel's lease -----------------------------------------------------------------------

  /** Whether packets pass, given which deadlines lie ahead. */
  boolean fenceIsOpen(boolean monotonicAhead, boolean wallAhead) {
    return monotonicAhead && wallAhead;
  }

  /** By how much a renewal that is stalled on its way to the kernel moves the absolute end. */
  long addedByStall(long stalledNanos) {
    return 0;
  }

  /** Whether what a former process left is renewed; what is open may stay so. */
  boolean renewsFormerSession(boolean isOpen) {
    return isOpen;
  }

  /** Whether strict grants are renewed only by acknowledged beats. */
  boolean strictNeedsAcknowledgement() {
    return true;
  }

  /** How long established flows still leave with an address that was taken away. */
  long flowsLingerNanos(boolean wasOpen) {
    return 0;
  }

  // ---- the allocator's surroundings -------------------------------------------------------------

  /** The times that the allocator works with. */
  AllocationSettings settings(AllocationSettings right) {
    return right;
  }

  /**
   * The decider of a new task.
   *
   * @param logMillis the time of the broker
   * @param wallMillis the wall clock of the task's machine
   */
  Decider<AllocationInput> decider(
      Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
    return allocation;
  }

  /** What of these entries is written down. */
  List<AuditEntry> written(List<AuditEntry> entries) {
    return entries;
  }

  /** What reaches the allocator of a report. */
  AgentReport read(AgentReport report) {
    return report;
  }

  /** Whether a task that another one has replaced can commit no more. */
  boolean fencesReplacedTasks() {
    return true;
  }

  /** Whether outputs become visible together with the offsets and the state they rest on. */
  boolean commitsOutputsWithOffsets() {
    return true;
  }

  /** How long before its end a leader acknowledges beats that no other broker has. */
  long acknowledgedTooEarlyNanos() {
    return 0;
  }
}
