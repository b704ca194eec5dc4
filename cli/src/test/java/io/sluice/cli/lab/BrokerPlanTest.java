package io.sluice.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BrokerPlanTest {

  private static final Path DATA = Path.of("data");

  @Test
  void threeBrokersHaveThreeCopiesOfWhichTwoAcknowledge() {
    BrokerPlan second = new BrokerPlan(DATA, "127.0.0.1", 9092, 2, 3);

    assertThat(second.port()).isEqualTo(9094);
    assertThat(second.controllerPort()).isEqualTo(9095);
    assertThat(second.voters()).isEqualTo("1@127.0.0.1:9093,2@127.0.0.1:9095,3@127.0.0.1:9097");
    assertThat(second.bootstrapServers()).isEqualTo("127.0.0.1:9092,127.0.0.1:9094,127.0.0.1:9096");
    assertThat(BrokerSettings.of(second))
        .containsEntry("node.id", "2")
        .containsEntry("min.insync.replicas", "2")
        .containsEntry("transaction.state.log.replication.factor", "3")
        .containsEntry("transaction.state.log.min.isr", "2");
  }

  @Test
  void aSingleBrokerHasOneCopyOfEverything() {
    BrokerPlan single = BrokerPlan.single(DATA, "10.40.0.1", 9092);

    assertThat(BrokerSettings.of(single))
        .containsEntry("min.insync.replicas", "1")
        .containsEntry("offsets.topic.replication.factor", "1")
        .containsEntry("controller.quorum.voters", "1@127.0.0.1:9093");
  }

  @Test
  void aPlanSurvivesTheCommandLine() {
    BrokerPlan plan = new BrokerPlan(DATA, "127.0.0.1", 9092, 3, 3);

    assertThat(BrokerPlan.parse(plan.arguments().toArray(String[]::new))).isEqualTo(plan);
    assertThat(BrokerPlan.parse(new String[] {"data", "127.0.0.1", "9092"}))
        .isEqualTo(BrokerPlan.single(DATA, "127.0.0.1", 9092));
  }

  @Test
  void aBrokerThatIsNoneOfThemIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BrokerPlan(DATA, "127.0.0.1", 9092, 4, 3))
        .withMessageContaining("no broker 4 of 3");
  }
}
