package io.sluice.watcher.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import io.sluice.watcher.core.events.Event;
import io.sluice.watcher.core.events.Event.Origin;
import io.sluice.watcher.core.events.Event.Type;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

  @TempDir private Path directory;

  private static Entrance entrance(int count, String note) {
    Event event =
        new Event(
            ObjectId.policy("p"),
            Type.WARNING,
            "FailedOver",
            "FailOver",
            note,
            "x",
            new Origin("t", 1, 0));
    return new Entrance("id", event, count, 1_500);
  }

  @Test
  void eachHappeningIsALine() throws IOException {
    EventFile file = new EventFile(directory.resolve("status"));
    file.tell(entrance(1, "node-1 left"));
    file.tell(entrance(2, "node-1 left"));

    assertThat(directory.resolve("status/events.log"))
        .content()
        .isEqualTo(
            """
            1970-01-01T00:00:01.500Z Warning FailedOver EgressNATPolicy p: node-1 left
            1970-01-01T00:00:01.500Z Warning FailedOver EgressNATPolicy p: node-1 left (2 times)
            """);
  }

  @Test
  void theFileDoesNotGrowForEver() throws IOException {
    EventFile file = new EventFile(directory);
    for (int i = 0; i < 2_200; i++) {
      file.tell(entrance(1, "x".repeat(900)));
    }

    assertThat(Files.size(directory.resolve("events.log")))
        .isBetween(1L, (long) EventFile.MAX_BYTES);
    assertThat(Files.size(directory.resolve("events.log.1")))
        .isBetween(EventFile.MAX_BYTES - 2_000L, (long) EventFile.MAX_BYTES);
    assertThat(directory).isDirectoryNotContaining("glob:**.2");
  }
}
