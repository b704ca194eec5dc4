package io.sluice.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Program;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.kafka.KafkaContainer;

/** The real topology on the official image of Kafka: nodes die, and the log explains the state. */
@Tag(Docker.TAG)
class AllocationOnKafkaIT {

  @BeforeAll
  static void docker() {
    Docker.require();
  }

  @Test
  void everyPodIsBoundEveryFailoverDecidedAndTheLogGivesTheLiveState(@TempDir Path directory)
      throws Exception {
    try (KafkaContainer kafka = new KafkaContainer(Docker.KAFKA_IMAGE)) {
      kafka.start();
      String bootstrap = kafka.getBootstrapServers();
      try (Program _ = AllocatorProgram.start(bootstrap, 1, directory)) {
        assertThat(SyntheticLoad.run(bootstrap, 4))
            .as("all Pods bound, all failovers decided: exit code of sluice load")
            .isZero();
        assertThat(SyntheticLoad.replay(bootstrap))
            .as("the log is whole and gives the live state: exit code of sluice replay")
            .isZero();
      }
    }
  }
}
