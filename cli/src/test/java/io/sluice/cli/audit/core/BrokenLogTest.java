package io.sluice.cli.audit.core;

import static io.sluice.cli.audit.core.LongLog.LONG;
import static io.sluice.cli.audit.core.LongLog.indexOf;
import static io.sluice.cli.audit.core.LongLog.refusal;
import static io.sluice.cli.audit.core.LongLog.replaced;
import static io.sluice.cli.audit.core.LongLog.tampered;
import static io.sluice.cli.audit.core.LongLog.withChanges;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.StateChange.EgressChosen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A log with a hole, or in which entries were put elsewhere, is refused by the sequence at fault.
 */
class BrokenLogTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 300, 700, 1_100})
  void aMissingEntryIsRefusedByItsSequence(int index) {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    LoggedEntry missing = log.remove(index);

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.stream()).isEqualTo(missing.stream());
    assertThat(refusal.sequence()).isEqualTo(missing.entry().sequence());
    assertThat(refusal).hasMessageContaining("missing");
  }

  @Test
  void aHoleOfManyEntriesIsRefusedByItsFirstSequence() {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    log.removeIf(it ->
        it.stream() == Stream.ALLOCATION
            && it.entry().sequence() >= 40
            && it.entry().sequence() <= 45);

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.sequence()).isEqualTo(40);
    assertThat(refusal.fault()).contains("all up to 45").contains("46 follows on 39");
  }

  @Test
  void anEntryThatComesTwiceIsRefused() {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    LoggedEntry doubled = log.get(500);
    log.add(501, doubled);

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.sequence()).isEqualTo(doubled.entry().sequence());
    assertThat(refusal).hasMessageContaining("comes again");
  }

  @Test
  void entriesThatChangedPlacesAreRefused() {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    int index = 500;
    while (log.get(index).stream() != log.get(index + 1).stream()) {
      index++;
    }
    LoggedEntry first = log.get(index);
    log.set(index, log.get(index + 1));
    log.set(index + 1, first);

    assertThat(refusal(log).sequence()).isEqualTo(first.entry().sequence());
  }

  @Test
  void anInputThatWasDecidedUponTwiceIsRefused() {
    int index = LONG.log().size() - 1;
    AuditEntry last = LONG.log().get(index).entry();
    Stream stream = LONG.log().get(index).stream();
    Cause earlier =
        LONG.log().stream()
            .filter(it -> it.stream() == stream && !it.entry().cause().topic().isEmpty())
            .findFirst()
            .orElseThrow()
            .entry()
            .cause();

    BrokenLogException refusal =
        refusal(
            replaced(
                index,
                new AuditEntry(last.sequence(), earlier, last.timeMillis(), last.changes())));

    assertThat(refusal.sequence()).isEqualTo(last.sequence());
    assertThat(refusal).hasMessageContaining("decided upon before");
  }

  @Test
  void aChangeThatIsTheOtherStreamsIsRefused() {
    int index = indexOf(Assignment.State.GRANTED);
    AuditEntry entry = LONG.log().get(index).entry();
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    long next =
        log.stream()
                .filter(it -> it.stream() == Stream.SELECTION)
                .mapToLong(it -> it.entry().sequence())
                .max()
                .orElseThrow()
            + 1;
    log.add(
        new LoggedEntry(
            Stream.SELECTION,
            10_000,
            new AuditEntry(
                next,
                Cause.tick(entry.timeMillis()),
                entry.timeMillis(),
                List.of(new EgressChosen("policy", List.of())))));

    assertThat(refusal(log).sequence()).isEqualTo(next);
  }

  @Test
  void anEntryThatChangesNothingIsRefused() {
    int index = 400;
    AuditEntry entry = LONG.log().get(index).entry();

    assertThat(refusal(replaced(index, withChanges(entry, List.of()))).sequence())
        .isEqualTo(entry.sequence());
  }

  @Test
  void anAssignmentThatNamesAnotherSequenceIsRefused() {
    int index = indexOf(Assignment.State.GRANTED);
    List<LoggedEntry> log = tampered(index, a -> a.withAuditSequence(1));

    assertThat(refusal(log).sequence()).isEqualTo(log.get(index).entry().sequence());
  }
}
