package io.sluice.allocator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditTrailTest {

  private static final Cause CAUSE = Cause.tick(1);

  private static List<StateChange> changes(int count) {
    List<StateChange> changes = new ArrayList<>();
    for (IpAddress ip = IpAddress.parse("10.0.0.0"); changes.size() < count; ip = ip.next()) {
      changes.add(
          new AssignmentChanged(
              ip,
              new Assignment(
                  Assignment.State.UNASSIGNED,
                  Optional.empty(),
                  0,
                  Optional.empty(),
                  LeaseMode.STRICT,
                  0,
                  "")));
    }
    return changes;
  }

  @Test
  void nothingChangedIsNoEntry() {
    assertThat(new AuditTrail(7).record(CAUSE, 1, List.of())).isEmpty();
  }

  @Test
  void sequencesGoOnBehindTheLastOne() {
    AuditTrail trail = new AuditTrail(7);
    assertThat(trail.record(CAUSE, 1, changes(1)))
        .extracting(AuditEntry::sequence)
        .containsExactly(8L);
    assertThat(trail.record(CAUSE, 1, changes(1)))
        .extracting(AuditEntry::sequence)
        .containsExactly(9L);
  }

  @Test
  void tooMuchForOneRecordIsSeveralEntriesOfTheSameCause() {
    List<AuditEntry> entries =
        new AuditTrail(0).record(CAUSE, 1, changes(2 * AuditTrail.MAX_CHANGES + 1));
    assertThat(entries).extracting(AuditEntry::sequence).containsExactly(1L, 2L, 3L);
    assertThat(entries).extracting(AuditEntry::cause).containsOnly(CAUSE);
    assertThat(entries.getLast().changes()).hasSize(1);
  }

  @Test
  void everyAssignmentNamesTheEntryItIsPartOf() {
    new AuditTrail(0)
        .record(CAUSE, 1, changes(AuditTrail.MAX_CHANGES + 1))
        .forEach(entry ->
            assertThat(entry.changes())
                .allSatisfy(change ->
                    assertThat(((AssignmentChanged) change).assignment().auditSequence())
                        .isEqualTo(entry.sequence())));
  }
}
