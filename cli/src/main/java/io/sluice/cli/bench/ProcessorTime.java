package io.sluice.cli.bench;

import io.sluice.cli.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How long a process and each of its threads had a processor, as the kernel's scheduler counts it:
 * to the nanosecond, not in ticks ({@code /proc/PID/task/TID/schedstat}). What threads that have
 * ended had is only in the count of ticks (proc_pid_stat(5)), which is therefore read as well.
 *
 * @param nanos when it was read, by {@link System#nanoTime()}
 * @param ticks user and system time of the whole process, in hundredths of a second
 * @param threads by thread id
 */
record ProcessorTime(long nanos, long ticks, Map<Long, ThreadTime> threads) {

  private static final int USER_TIME = 14;
  private static final int SYSTEM_TIME = 15;
  private static final int FIRST_AFTER_NAME = 3;

  /** The kernel's USER_HZ, which is 100 on every architecture that Java runs on. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** A thread's name and what it had. */
  record ThreadTime(String name, long ranNanos) {}

  static ProcessorTime read(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      Map<Long, ThreadTime> threads = new HashMap<>();
      for (Path task : tasks.toList()) {
        threads.put(Long.parseLong(task.getFileName().toString()), thread(task));
      }
      return new ProcessorTime(
          System.nanoTime(), ticks(Files.readString(process.resolve("stat"))), Map.copyOf(threads));
    } catch (IOException e) {
      throw new LabException("process %d has ended, or cannot be seen: %s".formatted(pid, e), e);
    }
  }

  private static ThreadTime thread(Path task) throws IOException {
    try {
      String name = Files.readString(task.resolve("comm")).strip();
      String[] words = Files.readString(task.resolve("schedstat")).strip().split(" ", -1);
      return new ThreadTime(name, Long.parseLong(words[0]));
    } catch (NoSuchFileException _) {
      return new ThreadTime("(ended)", 0);
    }
  }

  /** The name, in parentheses, may itself hold blanks and parentheses. */
  static long ticks(String stat) {
    String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(words[USER_TIME - FIRST_AFTER_NAME])
        + Long.parseLong(words[SYSTEM_TIME - FIRST_AFTER_NAME]);
  }

  /** The share of one core that the process had since then, in percent. */
  double percentSince(ProcessorTime before) {
    return 100.0 * (ticks - before.ticks) * TICK_NANOS / (nanos - before.nanos);
  }

  /** The threads that had most since then, with their share in percent. */
  Map<String, Double> busiestSince(ProcessorTime before, int most) {
    Map<String, Double> percents = new HashMap<>();
    threads.forEach((id, thread) -> {
      ThreadTime earlier = before.threads.getOrDefault(id, new ThreadTime(thread.name(), 0));
      percents.merge(
          thread.name(),
          100.0 * (thread.ranNanos() - earlier.ranNanos()) / (nanos - before.nanos),
          Double::sum);
    });
    List<Map.Entry<String, Double>> sorted =
        percents.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
            .limit(most)
            .toList();
    Map<String, Double> busiest = new LinkedHashMap<>();
    sorted.forEach(entry -> busiest.put(entry.getKey(), entry.getValue()));
    return busiest;
  }
}
