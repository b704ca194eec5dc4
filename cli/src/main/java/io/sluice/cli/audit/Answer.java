package io.sluice.cli.audit;

import io.sluice.cli.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An answer, made once and shown in two ways: to people as a sentence, named values and tables, to
 * programs as JSON.
 *
 * <p>A value is text, a number, a truth, an {@link Instant}, a {@link Phrase}, an {@link Optional}
 * of one, or a list of any; a list of {@link Row}s is a table.
 */
final class Answer {

  private static final String NOTHING = "-";
  private static final int LISTED = 10;

  /** Such as IPs and API. */
  private static final Pattern ABBREVIATION = Pattern.compile("[A-Z]{2,}s?");

  private final String summary;
  private final Row values = new Row();
  private final Row forPrograms = new Row();

  Answer(String summary) {
    this.summary = summary;
  }

  /** Adds a value; its name is in camel case. */
  Answer with(String name, Object value) {
    values.with(name, value);
    return this;
  }

  /** Adds a value that would be too much for people. */
  Answer withForPrograms(String name, Object value) {
    forPrograms.with(name, value);
    return this;
  }

  /** Named values, kept in this order. */
  static final class Row {

    private final Map<String, Object> values = new LinkedHashMap<>();

    Row with(String name, Object value) {
      values.put(name, value instanceof Optional<?> maybe ? maybe.orElse(null) : value);
      return this;
    }
  }

  /** Something that people read as text and programs as an object. */
  record Phrase(String text, Row row) {}

  // ---- for people -------------------------------------------------------------------------------

  List<String> lines(ZoneId zone) {
    List<String> lines = new ArrayList<>(List.of(summary));
    List<String> tables = new ArrayList<>();
    Map<String, String> scalars = new LinkedHashMap<>();
    values.values.forEach((name, value) -> {
      if (isTable(value)) {
        tables.addAll(table(name, (Collection<?>) value, zone));
      } else {
        scalars.put(words(name), text(value, zone));
      }
    });
    int width = scalars.keySet().stream().mapToInt(String::length).max().orElse(0);
    if (!scalars.isEmpty()) {
      lines.add("");
    }
    scalars.forEach(
        (name, value) -> lines.add("  " + name + " ".repeat(width - name.length() + 3) + value));
    lines.addAll(tables);
    return lines;
  }

  private static boolean isTable(Object value) {
    return value instanceof Collection<?> all
        && !all.isEmpty()
        && all.stream().allMatch(Row.class::isInstance);
  }

  private static List<String> table(String name, Collection<?> rows, ZoneId zone) {
    Table table = null;
    for (Object row : rows) {
      Map<String, Object> cells = ((Row) row).values;
      if (table == null) {
        table =
            new Table(
                cells.keySet().stream()
                    .map(head -> words(head).toUpperCase(Locale.ROOT))
                    .toArray(String[]::new));
      }
      table.row(cells.values().stream().map(cell -> text(cell, zone)).toArray(String[]::new));
    }
    String title = words(name);
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1));
    lines.addAll(table.lines("  "));
    return lines;
  }

  /** {@code floatingIPs} to {@code floating IPs}. */
  private static String words(String camelCase) {
    String spaced = camelCase.replaceAll("(?<=[a-z])(?=[A-Z])", " ");
    return Arrays.stream(spaced.split(" "))
        .map(word -> ABBREVIATION.matcher(word).matches() ? word : word.toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" "));
  }

  private static String text(Object value, ZoneId zone) {
    return switch (value) {
      case null -> NOTHING;
      case Instant time -> AuditTime.text(time, zone);
      case Phrase phrase -> phrase.text();
      case Boolean truth -> truth ? "yes" : "no";
      case Collection<?> all when all.isEmpty() -> NOTHING;
      case Collection<?> all -> {
        String first =
            all.stream()
                .limit(LISTED)
                .map(one -> text(one, zone))
                .collect(Collectors.joining(", "));
        yield all.size() > LISTED ? first + " and " + (all.size() - LISTED) + " more" : first;
      }
      case Object other -> other.toString().isEmpty() ? NOTHING : other.toString();
    };
  }

  // ---- for programs -----------------------------------------------------------------------------

  /** Objects and arrays of JSON. */
  Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("summary", summary);
    values.values.forEach((name, value) -> object.put(name, json(value)));
    forPrograms.values.forEach((name, value) -> object.put(name, json(value)));
    return object;
  }

  private static Object json(Object value) {
    return switch (value) {
      case null -> null;
      case Phrase phrase -> json(phrase.row());
      case Row row -> {
        Map<String, Object> object = new LinkedHashMap<>();
        row.values.forEach((name, cell) -> object.put(name, json(cell)));
        yield object;
      }
      case Collection<?> all -> all.stream().map(Answer::json).toList();
      case Number number -> number;
      case Boolean truth -> truth;
      case Object other -> other.toString();
    };
  }
}
