package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The first process of a sandbox, as the machine outside sees it. The launcher reads the same file.
 *
 * @param startTicks its start time (field 22 of proc_pid_stat(5)): a process id alone may have been
 *     given to another process since
 * @param userNamespace whether the sandbox has a user namespace of its own
 */
public record Supervisor(long pid, long startTicks, boolean userNamespace) {

  private static final int START_FIELD = 22;

  /** This process. */
  static Supervisor current() {
    long pid =
        Sandbox.outerPid()
            .orElseThrow(() -> new LabException("the launcher did not make this sandbox"));
    return new Supervisor(pid, startTicks("self").orElseThrow(), Sandbox.hasUserNamespace());
  }

  /** Empty if there is no such file, or it was not written to its end. */
  static Optional<Supervisor> read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new LabException("cannot read %s: %s".formatted(file, e), e);
    }
  }

  static Optional<Supervisor> parse(String text) {
    String[] words = text.strip().split(" ", -1);
    if (words.length != 3 || !words[0].matches("\\d{1,18}") || !words[1].matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(
        new Supervisor(
            Long.parseLong(words[0]), Long.parseLong(words[1]), words[2].equals("user")));
  }

  String text() {
    return "%d %d %s%n".formatted(pid, startTicks, userNamespace ? "user" : "root");
  }

  void write(Path file) throws IOException {
    Files.writeString(file, text());
  }

  boolean isAlive() {
    return startTicks(Long.toString(pid)).filter(ticks -> ticks == startTicks).isPresent();
  }

  Optional<ProcessHandle> handle() {
    return isAlive() ? ProcessHandle.of(pid) : Optional.empty();
  }

  /** The start time of a process; empty if there is none of that number. */
  private static Optional<Long> startTicks(String process) {
    try {
      return Optional.of(startTicksOf(Files.readString(Path.of("/proc", process, "stat"))));
    } catch (IOException _) {
      // Its file is not there, or cannot be read any more since the process ended meanwhile.
      return Optional.empty();
    }
  }

  /** The second field, the name, is in parentheses and may itself hold blanks and parentheses. */
  static long startTicksOf(String stat) {
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(afterName[START_FIELD - 3]);
  }
}
