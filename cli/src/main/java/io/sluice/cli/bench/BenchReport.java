package io.sluice.cli.bench;

import io.sluice.cli.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a benchmark found.
 *
 * @param benchmark its name on the command line
 * @param measured from what to what, in a sentence
 * @param conditions what was going on meanwhile
 * @param figures what it found
 * @param wrong what did not happen as it has to; empty if all went well
 */
record BenchReport(
    String benchmark,
    String measured,
    String conditions,
    List<Figure> figures,
    List<String> wrong) {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  BenchReport {
    figures = List.copyOf(figures);
    wrong = List.copyOf(wrong);
  }

  /** For programs: its components by their names. */
  String json() {
    return MAPPER.writeValueAsString(this);
  }

  /** For people. */
  List<String> lines() {
    Table table = new Table("WHAT", "MEASURED", "AT MOST", "");
    for (Figure figure : figures) {
      table.row(
          figure.what(),
          number(figure.value()) + " " + figure.unit(),
          figure.target().isPresent() ? number(figure.target().getAsDouble()) : "",
          verdict(figure.target(), figure.met()));
    }
    List<String> lines = new ArrayList<>();
    lines.add("Measured: " + measured + ".");
    lines.add("While: " + conditions + ".");
    lines.addAll(table.lines("  "));
    wrong.forEach(one -> lines.add("WRONG: " + one));
    return lines;
  }

  private static String verdict(OptionalDouble target, boolean met) {
    if (target.isEmpty()) {
      return "";
    }
    return met ? "reached" : "missed";
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, value < 1 ? "%.3f" : "%.1f", value);
  }
}
