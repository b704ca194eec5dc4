package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.allocator.core.allocation.AllocationSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RehearsalTest {

  private static final StreamsSettings SETTINGS =
      new StreamsSettings("test", Path.of("target", "streams"), (short) 1, 0, 6_000, 600, 2_000);

  @Test
  void itPlaysThroughAndIsNotTakenForDecisions() {
    Logger decisions = (Logger) LoggerFactory.getLogger("io.sluice.allocator.Decisions");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    decisions.addAppender(lines);
    try {
      assertThatNoException().isThrownBy(() -> Rehearsal.run(AllocationSettings.DEFAULT, SETTINGS));
    } finally {
      decisions.detachAppender(lines);
    }
    assertThat(lines.list).isEmpty();
  }
}
