package io.sluice.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTimeTest {

  private static final ZonedDateTime NOW =
      ZonedDateTime.of(2026, 7, 29, 12, 30, 0, 0, ZoneId.of("Europe/Zurich"));

  @ParameterizedTest
  @CsvSource({
    "2026-07-29T10:03:00Z, 2026-07-29T10:03:00Z",
    "2026-07-29T10:03:00.512+02:00, 2026-07-29T08:03:00.512Z",
    "2026-07-29T10:03, 2026-07-29T08:03:00Z",
    "2026-01-29 10:03:05, 2026-01-29T09:03:05Z",
    "10:03, 2026-07-29T08:03:00Z",
    "10:03:00.5, 2026-07-29T08:03:00.500Z"
  })
  void aTimeIsAnInstantALocalDateTimeOrATimeOfToday(String text, Instant expected) {
    assertThat(AuditTime.parse(text, NOW)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-07-29", "25:00", "10", "2026-13-01T00:00"})
  void whatIsNoTimeIsRefusedWithTheForms(String text) {
    assertThatThrownBy(() -> AuditTime.parse(text, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no time; write")
        .hasMessageContaining("10:03");
  }

  @Test
  void aTimeOfDayThatIsStillToComeNeedsItsDate() {
    assertThatThrownBy(() -> AuditTime.parse("12:31", NOW))
        .hasMessageContaining("2026-07-28T12:31");
  }

  @Test
  void nobodyKnowsTheFuture() {
    assertThatThrownBy(() -> AuditTime.parse("2026-07-29T12:30:00.001", NOW))
        .hasMessageContaining("has not come yet");
  }

  @Test
  void whatIsWrittenCanBeRead() {
    Instant time = Instant.parse("2026-07-29T08:03:00.512Z");

    String text = AuditTime.text(time, NOW.getZone());

    assertThat(text).isEqualTo("2026-07-29T10:03:00.512+02:00");
    assertThat(AuditTime.parse(text, NOW)).isEqualTo(time);
  }
}
