package io.sluice.cli;

import io.sluice.cli.lab.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Writes for people: what is done, with the time since the start; in colour if that is wanted. */
public final class Terminal implements Progress {

  private final PrintStream out;
  private final boolean colour;
  private final Instant start;

  Terminal(PrintStream out, boolean colour, Instant start) {
    this.out = out;
    this.colour = colour;
    this.start = start;
  }

  /** On standard output, as the launcher found it to be. */
  public static Terminal standard() {
    return new Terminal(System.out, Boolean.getBoolean("sluice.colour"), Instant.now());
  }

  /** On standard error, without colour, when the output is for a program. */
  public static Terminal onStandardError() {
    return new Terminal(System.err, false, Instant.now());
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void blank() {
    line("");
  }

  void heading(String text) {
    blank();
    line(bold(text));
  }

  @Override
  public void done(String what) {
    double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
    line("  %s  %s".formatted(dim("%5.1f s".formatted(seconds)), what));
  }

  String bold(String text) {
    return style("1", text);
  }

  String dim(String text) {
    return style("2", text);
  }

  String good(String text) {
    return style("32", text);
  }

  String bad(String text) {
    return style("1;31", text);
  }

  static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }

  private String style(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
