package io.sluice.operations;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What a program can say of its own health. A check that fails as <em>alive</em> means that only a
 * restart helps; one that fails as <em>ready</em> means that the program does not do its work yet,
 * or not at the moment, and a restart would not help. Checks may be asked on any thread, at any
 * time, and answer at once.
 */
public final class Health {

  private final Map<String, Supplier<Optional<String>>> alive = new ConcurrentHashMap<>();
  private final Map<String, Supplier<Optional<String>>> ready = new ConcurrentHashMap<>();

  /**
   * Adds a check that the program makes progress; one of the same name is replaced.
   *
   * @param problem what is wrong; empty if nothing is
   */
  public Health alive(String name, Supplier<Optional<String>> problem) {
    alive.put(name, problem);
    return this;
  }

  /**
   * Adds a check that the program does its work; one of the same name is replaced.
   *
   * @param problem what is wrong; empty if nothing is
   */
  public Health ready(String name, Supplier<Optional<String>> problem) {
    ready.put(name, problem);
    return this;
  }

  /** The answers of the checks for progress, by name. */
  SortedMap<String, Optional<String>> alive() {
    return ask(alive);
  }

  /** The answers of all checks, by name: who makes no progress does no work either. */
  SortedMap<String, Optional<String>> ready() {
    Map<String, Supplier<Optional<String>>> all = new LinkedHashMap<>(alive);
    all.putAll(ready);
    return ask(all);
  }

  private static SortedMap<String, Optional<String>> ask(
      Map<String, Supplier<Optional<String>>> checks) {
    SortedMap<String, Optional<String>> answers = new TreeMap<>();
    checks.forEach((name, problem) -> answers.put(name, problem.get()));
    return answers;
  }
}
