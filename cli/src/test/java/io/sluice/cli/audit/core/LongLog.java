package io.sluice.cli.audit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.LeaseMode;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A log of more than a thousand decisions with failovers, and what may be done to it. */
final class LongLog {

  private LongLog() {}

  static final LogScenario LONG = LogScenario.random(1, 1_200);

  private static void fold(List<LoggedEntry> log) {
    AuditFold fold = AuditFold.whole();
    log.forEach(fold::accept);
    fold.requireBeginning();
  }

  static BrokenLogException refusal(List<LoggedEntry> log) {
    BrokenLogException refusal = catchThrowableOfType(BrokenLogException.class, () -> fold(log));
    assertThat(refusal).isNotNull();
    return refusal;
  }

  /** The first entry with such a change, from the middle of the log on. */
  static int indexOf(Assignment.State state) {
    for (int i = LONG.log().size() / 2; i < LONG.log().size(); i++) {
      if (LONG.log().get(i).entry().changes().stream()
          .anyMatch(
              change -> change instanceof AssignmentChanged of && isNew(of.assignment(), state))) {
        return i;
      }
    }
    throw new AssertionError("the scenario has none");
  }

  /** Not merely the same grant with another successor. */
  private static boolean isNew(Assignment assignment, Assignment.State state) {
    return assignment.state() == state
        && (state != Assignment.State.GRANTED
            || (assignment.successor().isEmpty() && !assignment.reason().startsWith("stays on")));
  }

  /** The log in which the assignments of one entry are others. */
  static List<LoggedEntry> tampered(int index, UnaryOperator<Assignment> tampering) {
    LoggedEntry logged = LONG.log().get(index);
    List<StateChange> changes =
        logged.entry().changes().stream()
            .map(change ->
                change instanceof AssignmentChanged(var ip, var assignment)
                    ? new AssignmentChanged(ip, tampering.apply(assignment))
                    : change)
            .toList();
    return replaced(index, withChanges(logged.entry(), changes));
  }

  static AuditEntry withChanges(AuditEntry entry, List<StateChange> changes) {
    return new AuditEntry(entry.sequence(), entry.cause(), entry.timeMillis(), changes);
  }

  static List<LoggedEntry> replaced(int index, AuditEntry entry) {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    LoggedEntry before = log.get(index);
    log.set(index, new LoggedEntry(before.stream(), before.offset(), entry));
    return log;
  }

  static Assignment assignment(
      Assignment.State state, Optional<Holder> holder, long epoch, long sequence) {
    return new Assignment(
        state, holder, epoch, Optional.empty(), LeaseMode.AVAILABLE, sequence, "tampered");
  }

  /** The refusal of a log that goes on with this. */
  static BrokenLogException refusalOf(LogScenario scenario, StateChange... changes) {
    long sequence =
        scenario.log().stream()
                .filter(it -> it.stream() == Stream.ALLOCATION)
                .mapToLong(it -> it.entry().sequence())
                .max()
                .orElseThrow()
            + 1;
    List<StateChange> stamped =
        Arrays.stream(changes)
            .map(change ->
                change instanceof AssignmentChanged(var ip, var assignment)
                    ? new AssignmentChanged(ip, assignment.withAuditSequence(sequence))
                    : change)
            .toList();
    long now = scenario.nowMillis();
    List<LoggedEntry> log = new ArrayList<>(scenario.log());
    log.add(
        new LoggedEntry(
            Stream.ALLOCATION, 10_000, new AuditEntry(sequence, Cause.tick(now), now, stamped)));
    BrokenLogException refusal = refusal(log);
    assertThat(refusal.sequence()).isEqualTo(sequence);
    return refusal;
  }
}
