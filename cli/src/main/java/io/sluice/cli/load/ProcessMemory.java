package io.sluice.cli.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of a process's memory (proc_pid_status(5)). */
public final class ProcessMemory {

  private static final String RESIDENT = "VmRSS:";
  private static final String MOST_RESIDENT = "VmHWM:";
  private static final int KIBIBYTES_PER_MEBIBYTE = 1024;

  private ProcessMemory() {}

  /**
   * @throws IllegalArgumentException if there is no such process, or it has ended
   */
  public static long residentMebibytes(long pid) {
    return mebibytes(pid, RESIDENT);
  }

  /**
   * The most that it has ever been.
   *
   * @throws IllegalArgumentException if there is no such process, or it has ended
   */
  static long mostResidentMebibytes(long pid) {
    return mebibytes(pid, MOST_RESIDENT);
  }

  private static long mebibytes(long pid, String field) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
              .filter(line -> line.startsWith(field))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("process " + pid + " has ended"))
          / KIBIBYTES_PER_MEBIBYTE;
    } catch (IOException e) {
      throw new UncheckedIOException("there is no process " + pid, e);
    }
  }
}
