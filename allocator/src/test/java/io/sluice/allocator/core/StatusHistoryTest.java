package io.sluice.allocator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusHistoryTest {

  private static Status status(Truth truth, String reason, long sinceMillis) {
    return Status.ofConditions(1, new Condition("Ready", truth, reason, "", sinceMillis));
  }

  private static long since(Status status) {
    return status.conditions().getFirst().sinceMillis();
  }

  @Test
  void aNewConditionHoldsSinceNow() {
    assertThat(since(StatusHistory.carrySince(Optional.empty(), status(Truth.TRUE, "A", 0), 7)))
        .isEqualTo(7);
  }

  @Test
  void anotherReasonOfTheSameTruthKeepsTheTime() {
    Status before = status(Truth.FALSE, "A", 3);
    assertThat(since(StatusHistory.carrySince(Optional.of(before), status(Truth.FALSE, "B", 0), 7)))
        .isEqualTo(3);
  }

  @Test
  void anotherTruthHoldsSinceNow() {
    Status before = status(Truth.FALSE, "A", 3);
    assertThat(since(StatusHistory.carrySince(Optional.of(before), status(Truth.TRUE, "A", 0), 7)))
        .isEqualTo(7);
  }
}
