package io.sluice.simulator;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Mistakes that can be planted around the cores, to show that the simulator would notice. */
public enum Bug {
  SKIP_EPOCH_CHECK(
      "a late record counts as new, whatever its epoch", AgentBugs.SkipEpochCheck::new),
  SKIP_SESSION_CHECK(
      "a fence that has closed opens again for a grant to a former session",
      KernelBugs.SkipSessionCheck::new),
  SESSION_NOT_TOLD(
      "beats and reports go on naming the first session", AgentBugs.SessionNotTold::new),
  INSTANCE_REUSED("every process of an agent calls itself the same", AgentBugs.InstanceReused::new),
  LEASE_AS_LONG_AS_SILENCE("L >= T", AgentBugs.LeaseAsLongAsSilence::new),
  LEASE_FROM_ACKNOWLEDGEMENT(
      "the lease counts from the acknowledgement instead of the sending",
      AgentBugs.LeaseFromAcknowledgement::new),
  LEASE_BY_WALL_CLOCK(
      "the lease is measured by a clock that can be stepped", AgentBugs.LeaseByWallClock::new),
  PRUNE_BEFORE_TOPICS_READ(
      "what is not decided is removed before the topics are read",
      AgentBugs.PruneBeforeTopicsRead::new),
  READ_UNCOMMITTED("agents read what may yet be aborted", AgentBugs.ReadUncommitted::new),
  RELEASE_REPORTED_EARLY(
      "a release is reported before the kernel has let go", AgentBugs.ReleaseReportedEarly::new),
  FAREWELL_BEFORE_RELEASE(
      "an agent that stops says farewell before it has let go",
      AgentBugs.FarewellBeforeRelease::new),
  KEPT_FOR_RESTART_WHEN_CUT_OFF(
      "an agent that restarts while it is cut off leaves its addresses open, as if it had been"
          + " heard",
      AgentBugs.KeptForRestartWhenCutOff::new),
  REPORT_NOT_REPEATED("a report that was lost is not sent again", AgentBugs.ReportNotRepeated::new),
  DRIFT_UNNOTICED(
      "nobody looks whether the kernel still holds what it should", AgentBugs.DriftUnnoticed::new),
  LOSS_OF_CARRIER_UNNOTICED(
      "an agent says that it holds what nobody can reach", AgentBugs.LossOfCarrierUnnoticed::new),
  NO_WATCH_ON_THE_WIRE(
      "a holder that is cut off does not yield to another one", AgentBugs.NoWatch::new),
  ASKS_NOT_WHILE_CUT_OFF(
      "a holder that is cut off does not ask the wire", AgentBugs.AsksNotWhileCutOff::new),
  ASKS_NOT_AFTER_FREEZE(
      "an agent goes on after a freeze without asking the wire", AgentBugs.AsksNotAfterFreeze::new),
  FORMER_GRANTS_COUNT(
      "an agent goes on with a former grant before it has read what was decided meanwhile",
      AgentBugs.FormerGrantsCount::new),
  STALLED_RENEWAL_PROLONGS(
      "a renewal counts from when the kernel hears of it", KernelBugs.StalledRenewalProlongs::new),
  RELATIVE_RENEWAL_ONLY("the fence has no absolute deadline", KernelBugs.RelativeRenewalOnly::new),
  ABSOLUTE_RENEWAL_ONLY("the fence has no relative deadline", KernelBugs.AbsoluteRenewalOnly::new),
  NO_FENCE("addresses are removed by the agent alone", KernelBugs.NoFence::new),
  REMOVAL_WITHOUT_FILTER(
      "established flows outlive the removal of the address", KernelBugs.RemovalWithoutFilter::new),
  STRICT_RENEWED_BY_OWN_LIFE(
      "strict grants are renewed by beats that nobody acknowledged",
      KernelBugs.StrictRenewedByOwnLife::new),
  NO_GAP_RULE("a gap in the log counts as silence", AllocatorBugs.NoGapRule::new),
  TIMERS_KEPT_OVER_TAKE_OVER(
      "a new task goes on with the timers of the former one", AllocatorBugs.TimersKept::new),
  SILENCE_BY_OWN_CLOCK(
      "silence is measured by the allocator's wall clock", AllocatorBugs.SilenceByOwnClock::new),
  GRANT_WITHOUT_RELEASE(
      "a planned move does not wait for the release", AllocatorBugs.GrantWithoutRelease::new),
  EPOCH_NOT_RAISED("a grant keeps the epoch", AllocatorBugs.EpochNotRaised::new),
  HEALTHY_ADDRESS_MOVED(
      "when a node fails an address of another one moves", AllocatorBugs.HealthyMoved::new),
  EPOCHS_FORGOTTEN(
      "a new task does not know the epochs of addresses that are nowhere",
      AllocatorBugs.EpochsForgotten::new),
  RESTART_FORGOTTEN_AT_TAKE_OVER(
      "a new task does not know who has announced a restart", AllocatorBugs.RestartForgotten::new),
  SUCCESSOR_OPENS_BEFORE_GRANT(
      "who is to take an address over uses it before it is granted",
      AgentBugs.OpensBeforeGrant::new),
  ASKED_BEFORE_SUCCESSOR_READY(
      "a holder is asked to let go before its successor is ready",
      AllocatorBugs.AskedBeforeReady::new),
  WAIT_WITHOUT_BOUND(
      "a move waits for its successor for as long as that takes",
      AllocatorBugs.WaitWithoutBound::new),
  UNAPPLIED_GRANT_KEPT(
      "a grant stays with a node that cannot carry it out", AllocatorBugs.UnappliedGrantKept::new),
  HOLD_OFF_NOT_KEPT("a node that flaps is not held off", AllocatorBugs.HoldOffNotKept::new),
  REPLACED_TASK_NOT_FENCED(
      "a task that another one has replaced still commits", AllocatorBugs.NotFenced::new),
  OUTPUTS_BEFORE_OFFSETS(
      "outputs become visible before the offsets they rest on",
      AllocatorBugs.OutputsBeforeOffsets::new),
  AUDIT_ENTRY_LOST(
      "facts that lead to no decision are not written down", AllocatorBugs.AuditEntryLost::new),
  ACKNOWLEDGED_BEATS_LOST(
      "beats are acknowledged before they are replicated",
      AllocatorBugs.AcknowledgedBeatsLost::new);

  private final String description;

  /** Makes a fresh one for each run; it keeps nothing itself. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Supplier<Behaviour> behaviour;

  Bug(String description, Supplier<Behaviour> behaviour) {
    this.description = description;
    this.behaviour = behaviour;
  }

  /** What is wrong, in one sentence. */
  public String description() {
    return description;
  }

  Behaviour plant() {
    return behaviour.get();
  }

  /** The bug of this name, written as it prints. */
  public static Optional<Bug> named(String name) {
    return Arrays.stream(values()).filter(bug -> bug.toString().equals(name)).findFirst();
  }

  /** All names with their descriptions, a line each. */
  public static String list() {
    return Arrays.stream(values())
        .map(bug -> "  %-30s %s".formatted(bug, bug.description))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** As on the command line: small letters and hyphens. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
