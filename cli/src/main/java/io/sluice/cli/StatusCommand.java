package io.sluice.cli;

import io.sluice.cli.lab.ClusterState;
import io.sluice.cli.lab.KafkaView;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.Refusal;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Shows the state of a cluster as Kafka has it. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows what is where, read from Kafka.",
      "",
      "Gateways, floating IPs with holder and epoch, nodes and policies: those of the local"
          + " cluster, or with --bootstrap-servers those of any cluster."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:shown",
      "1:no local cluster runs, or Kafka does not answer",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice status",
      "  ./sluice status --output json",
      "  ./sluice status --bootstrap-servers kafka:9092 --cluster production"
    })
final class StatusCommand implements Callable<Integer> {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** How the state is written. */
  enum Output {
    text,
    json
  }

  @Mixin private KafkaOptions kafka;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  @Override
  public Integer call() {
    boolean named = kafka.isNamed();
    if (!named && StateDirectory.standard().running().isEmpty()) {
      throw new LabException(
          "no local cluster runs; start one with ./sluice up, or name a Kafka with"
              + " --bootstrap-servers");
    }
    String cluster = named ? kafka.cluster() : LocalCluster.NAME;
    Properties client = named ? kafka.clientProperties() : LocalCluster.clientProperties();
    ClusterState state = read(client, cluster);
    switch (output) {
      case text -> new StatusText(cluster, state).lines().forEach(System.out::println);
      case json ->
          System.out.println(
              JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(new StatusJson(cluster, state).json()));
    }
    return 0;
  }

  private static ClusterState read(Properties client, String cluster) {
    try {
      return KafkaView.read(client, cluster, LIMIT);
    } catch (KafkaException e) {
      throw new LabException("Kafka does not tell: " + Refusal.of(e).orElseGet(e::getMessage), e);
    }
  }
}
