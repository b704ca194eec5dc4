package io.sluice.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What happened, for people: time, actor, event. A trace that is off costs nothing. */
final class Trace {

  private final Timeline timeline;
  private final boolean on;
  private final List<String> lines = new ArrayList<>();

  Trace(Timeline timeline, boolean on) {
    this.timeline = timeline;
    this.on = on;
  }

  void note(String actor, Supplier<String> event) {
    if (on) {
      double millis = timeline.now() / (double) TimeUnit.MILLISECONDS.toNanos(1);
      lines.add(String.format(Locale.ROOT, "%11.3f ms  %-10s %s", millis, actor, event.get()));
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
