package io.sluice.cli.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** Times as people write and read them. What is written here can be read here. */
final class AuditTime {

  static final String FORMS =
      "2026-07-29T10:03:00Z, 2026-07-29T10:03:00+02:00, 2026-07-29T10:03 (local time) or 10:03"
          + " (today, local time)";

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

  private static final List<BiFunction<String, ZonedDateTime, Instant>> READERS =
      List.of(
          (text, _) -> OffsetDateTime.parse(text).toInstant(),
          (text, now) -> LocalDateTime.parse(text).atZone(now.getZone()).toInstant(),
          (text, now) -> today(LocalTime.parse(text), now));

  private AuditTime() {}

  /**
   * Reads a point in time.
   *
   * @param now the present, with the zone of local times
   * @throws IllegalArgumentException if the text is no time, or one that has not come
   */
  static Instant parse(String text, ZonedDateTime now) {
    String iso = text.strip().replace(' ', 'T');
    for (BiFunction<String, ZonedDateTime, Instant> reader : READERS) {
      Instant time;
      try {
        time = reader.apply(iso, now);
      } catch (DateTimeParseException _) {
        // It may have the next form; if it has none of them, the error names them all.
        continue;
      }
      if (time.isAfter(now.toInstant())) {
        throw new IllegalArgumentException(
            "%s has not come yet; now it is %s"
                .formatted(text(time, now.getZone()), text(now.toInstant(), now.getZone())));
      }
      return time;
    }
    throw new IllegalArgumentException("\"%s\" is no time; write %s".formatted(text, FORMS));
  }

  private static Instant today(LocalTime time, ZonedDateTime now) {
    Instant instant = now.toLocalDate().atTime(time).atZone(now.getZone()).toInstant();
    if (instant.isAfter(now.toInstant())) {
      throw new IllegalArgumentException(
          "%s is still to come today; name the date, such as %sT%s"
              .formatted(time, now.toLocalDate().minusDays(1), time));
    }
    return instant;
  }

  /** With milliseconds and offset. */
  static String text(Instant time, ZoneId zone) {
    try {
      return FORMAT.format(time.atZone(zone));
    } catch (DateTimeException _) {
      // No calendar reaches that far; a damaged record may.
      return time.toString();
    }
  }
}
