package io.sluice.cli.load;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what goes on after the sync; a picocli mixin. */
final class ChurnOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--changes-per-second",
      paramLabel = "N",
      defaultValue = "50",
      description = "Pods that change, after the sync (default: ${DEFAULT-VALUE}).")
  private int changesPerSecond;

  @Option(
      names = "--churn-seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "For how long; 0 for not at all (default: ${DEFAULT-VALUE}).")
  private int seconds;

  /** Refuses what cannot be meant. */
  void check() {
    requireNotNegative("--changes-per-second", changesPerSecond);
    requireNotNegative("--churn-seconds", seconds);
  }

  /** For other options of the same command too. */
  void requireNotNegative(String option, int value) {
    if (value < 0) {
      throw new ParameterException(
          command.commandLine(), option + ": not below 0, but is " + value);
    }
  }

  int changesPerSecond() {
    return changesPerSecond;
  }

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }

  /** How many changes that makes. */
  int changes() {
    return seconds * changesPerSecond;
  }
}
