package io.sluice.containers;

import io.sluice.cli.lab.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The allocator, a program of its own, on a Kafka of the test. */
final class AllocatorProgram {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int HEAP_MEBIBYTES = 256;

  private AllocatorProgram() {}

  /** Starts it, and returns when it is ready; closing the result ends it. */
  static Program start(String bootstrapServers, int replication, Path directory) {
    Program allocator =
        Program.start(
            new Program.Plan(
                "allocator",
                Optional.empty(),
                "io.sluice.allocator.Main",
                HEAP_MEBIBYTES,
                List.of(),
                List.of(
                    "--bootstrap-servers",
                    bootstrapServers,
                    "--topic-replication",
                    Integer.toString(replication),
                    "--state-dir",
                    directory.resolve("streams").toString(),
                    "--operations-address",
                    "none"),
                directory,
                false));
    try {
      allocator.awaitReady(START_LIMIT);
      return allocator;
    } catch (RuntimeException e) {
      allocator.close();
      throw e;
    }
  }
}
