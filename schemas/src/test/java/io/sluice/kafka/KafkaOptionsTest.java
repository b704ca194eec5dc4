package io.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class KafkaOptionsTest {

  @TempDir private Path directory;

  @Command(name = "program")
  private static final class Program {
    @Mixin private KafkaOptions kafka;
  }

  @Test
  void withoutOptionsItIsTheBrokerOnThisMachine() {
    KafkaOptions options = parse();
    assertThat(options.cluster()).isEqualTo("default");
    assertThat(options.topicPartitions()).isEqualTo(1);
    assertThat(options.topicReplication()).isEqualTo((short) 1);
    assertThat(options.clientProperties()).isEqualTo(Map.of("bootstrap.servers", "localhost:9092"));
  }

  @Test
  void everyOptionIsTaken() {
    KafkaOptions options =
        parse(
            "--bootstrap-servers=a:1,b:2",
            "--cluster=local",
            "--topic-partitions=6",
            "--topic-replication=3");
    assertThat(options.cluster()).isEqualTo("local");
    assertThat(options.topicPartitions()).isEqualTo(6);
    assertThat(options.topicReplication()).isEqualTo((short) 3);
    assertThat(options.clientProperties()).containsEntry("bootstrap.servers", "a:1,b:2");
  }

  @Test
  void theFileWins() throws IOException {
    Path file = directory.resolve("client.properties");
    Files.writeString(file, "security.protocol=SSL\nbootstrap.servers=secure:9093\n");
    KafkaOptions options = parse("--bootstrap-servers=a:1", "--kafka-config=" + file);
    assertThat(options.clientProperties())
        .isEqualTo(Map.of("security.protocol", "SSL", "bootstrap.servers", "secure:9093"));
  }

  @Test
  void eachCallReturnsACopyOfItsOwn() {
    KafkaOptions options = parse();
    options.clientProperties().setProperty("acks", "0");
    assertThat(options.clientProperties()).doesNotContainKey("acks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cluster= ",
        "--topic-partitions=0",
        "--topic-partitions=many",
        "--topic-replication=0",
        "--topic-replication=40000",
        "--kafka-config=/does/not/exist",
      })
  void aBadValueIsAnErrorOfUseThatNamesTheOption(String argument) {
    assertThatExceptionOfType(CommandLine.ParameterException.class)
        .isThrownBy(() -> parse(argument))
        .withMessageContaining(argument.substring(0, argument.indexOf('=')));
  }

  @Test
  void whatTheOperatorSetsOverridesTheDefaultsOfEveryClient() {
    Properties operators = new Properties();
    operators.setProperty("retry.backoff.ms", "50");
    operators.setProperty("client.id", "sluice-agent-node-1");
    Properties settings = ClientSettings.of(operators, "reader", Map.of("max.poll.records", "7"));
    assertThat(settings)
        .containsEntry("retry.backoff.ms", "50")
        .containsEntry("retry.backoff.max.ms", "20")
        .containsEntry("max.poll.records", "7");
    assertThat(settings.getProperty("client.id")).matches("sluice-agent-node-1-reader-\\d+");
    assertThat(ClientSettings.of(operators, "reader", Map.of()).getProperty("client.id"))
        .isNotEqualTo(settings.getProperty("client.id"));
  }

  private static KafkaOptions parse(String... arguments) {
    Program program = new Program();
    new CommandLine(program).parseArgs(arguments);
    return program.kafka;
  }
}
