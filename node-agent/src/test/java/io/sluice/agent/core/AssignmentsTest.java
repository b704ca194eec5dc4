package io.sluice.agent.core;

import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.releasing;
import static io.sluice.agent.core.Given.unassigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Assignments.Reading;
import io.sluice.model.IpAddress;
import org.junit.jupiter.api.Test;

class AssignmentsTest {

  private static final IpAddress IP = ip("10.40.1.100");

  private final Assignments assignments = new Assignments();

  @Test
  void aGrantWithAHigherEpochReplacesTheFormerOne() {
    assignments.put(IP, granted(holder(1, 1), 4));

    assertThat(assignments.put(IP, granted(holder(2, 1), 5))).isEqualTo(Reading.ACCEPTED);
    assertThat(assignments.of(IP)).contains(granted(holder(2, 1), 5));
  }

  @Test
  void anOlderEpochIsRefusedWhateverItSays() {
    assignments.put(IP, granted(holder(2, 1), 5));

    assertThat(assignments.put(IP, granted(holder(1, 1), 4))).isEqualTo(Reading.STALE);
    assertThat(assignments.put(IP, unassigned(4))).isEqualTo(Reading.STALE);
    assertThat(assignments.of(IP)).contains(granted(holder(2, 1), 5));
  }

  @Test
  void aDuplicateChangesNothing() {
    assignments.put(IP, granted(holder(1, 1), 4));

    assertThat(assignments.put(IP, granted(holder(1, 1), 4))).isEqualTo(Reading.UNCHANGED);
  }

  @Test
  void aGrantIsEndedByItsOwnEpochAndNotRevivedByIt() {
    assignments.put(IP, granted(holder(1, 1), 4));

    assertThat(assignments.put(IP, releasing(holder(1, 1), 4))).isEqualTo(Reading.ACCEPTED);
    assertThat(assignments.put(IP, granted(holder(1, 1), 4))).isEqualTo(Reading.STALE);
  }

  @Test
  void oneEpochIsNeverGrantedToTwo() {
    assignments.put(IP, granted(holder(1, 1), 4));

    assertThat(assignments.put(IP, granted(holder(2, 1), 4))).isEqualTo(Reading.STALE);
    assertThat(assignments.put(IP, granted(holder(1, 2), 4))).isEqualTo(Reading.STALE);
  }

  @Test
  void theEpochSurvivesATombstone() {
    assignments.put(IP, granted(holder(1, 1), 4));

    assertThat(assignments.remove(IP)).isEqualTo(Reading.ACCEPTED);
    assertThat(assignments.of(IP)).isEmpty();
    assertThat(assignments.put(IP, granted(holder(1, 1), 4))).isEqualTo(Reading.STALE);
    assertThat(assignments.put(IP, granted(holder(1, 1), 5))).isEqualTo(Reading.ACCEPTED);
  }

  @Test
  void aTombstoneForSomethingUnknownChangesNothing() {
    assertThat(assignments.remove(IP)).isEqualTo(Reading.UNCHANGED);
  }
}
