package io.sluice.watcher.manifests;

import io.sluice.watcher.EventTarget;
import io.sluice.watcher.core.events.Event;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * What happened, one line each, in {@code events.log} beside the statuses. When the file has grown
 * to a megabyte it becomes {@code events.log.1}, in place of the one before.
 */
public final class EventFile implements EventTarget {

  static final String NAME = "events.log";
  static final int MAX_BYTES = 1024 * 1024;

  private final Path file;

  /** A file in a directory that is made if it does not exist. */
  public EventFile(Path directory) {
    this.file = directory.resolve(NAME);
  }

  @Override
  public void tell(Entrance entrance) throws IOException {
    byte[] line = line(entrance).getBytes(StandardCharsets.UTF_8);
    Files.createDirectories(file.toAbsolutePath().getParent());
    if (size() + line.length > MAX_BYTES) {
      Files.move(
          file,
          file.resolveSibling(NAME + ".1"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    Files.write(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private long size() throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException _) {
      // The first Event makes it.
      return 0;
    }
  }

  private static String line(Entrance entrance) {
    Event event = entrance.first();
    String repeated = entrance.count() > 1 ? " (%d times)".formatted(entrance.count()) : "";
    return "%s %-7s %s %s: %s%s%n"
        .formatted(
            Instant.ofEpochMilli(entrance.lastMillis()),
            event.type(),
            event.reason(),
            event.regarding(),
            event.note().replace('\n', ' '),
            repeated);
  }
}
