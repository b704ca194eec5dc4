package io.sluice.cli.audit;

import io.sluice.cli.StateDirectory;
import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.BrokenLogException;
import io.sluice.cli.audit.core.LoggedEntry;
import io.sluice.cli.audit.kafka.WholeTopics;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.Refusal;
import io.sluice.model.IpAddress;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What the commands that ask the audit log have in common. */
abstract class AuditCommand implements Callable<Integer> {

  /** How the answer is written. */
  enum Output {
    text,
    json
  }

  /**
   * The log to ask.
   *
   * @param client how to reach Kafka
   */
  record Source(Properties client, String cluster) {}

  @Spec private CommandSpec spec;

  @Mixin private KafkaOptions kafka;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  /** Asks the log, shows the answer, and says with which code to end. */
  abstract int ask(Source source);

  @Override
  public Integer call() {
    try {
      return ask(source());
    } catch (BrokenLogException e) {
      throw new LabException(
          "%s. No answer from this log is certain; bring the topic back from a copy"
              .formatted(e.getMessage()),
          e);
    } catch (KafkaException e) {
      throw new LabException("Kafka does not tell: " + Refusal.of(e).orElseGet(e::getMessage), e);
    }
  }

  private Source source() {
    if (kafka.isNamed()) {
      return new Source(kafka.clientProperties(), kafka.cluster());
    }
    if (StateDirectory.standard().running().isEmpty()) {
      throw new LabException(
          "no local cluster runs; start one with ./sluice up, or name a Kafka with"
              + " --bootstrap-servers");
    }
    return new Source(LocalCluster.clientProperties(), LocalCluster.NAME);
  }

  /** Reads the log of a source to its end. */
  static void read(Source source, AuditFold fold, Consumer<LoggedEntry> sink) {
    try (WholeTopics log = WholeTopics.log(source.client(), source.cluster(), sink)) {
      log.readToEnd();
    }
    requireSomething(source, fold);
  }

  static void requireSomething(Source source, AuditFold fold) {
    if (fold.isEmpty()) {
      throw Refusals.emptyLog(source.cluster());
    }
  }

  boolean isJson() {
    return output == Output.json;
  }

  void show(Answer answer) {
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case text -> answer.lines(ZoneId.systemDefault()).forEach(out::println);
      case json ->
          out.println(
              JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(answer.json()));
    }
    out.flush();
  }

  /**
   * Reads a time argument.
   *
   * @throws ParameterException if it is none
   */
  Instant time(String text) {
    try {
      return AuditTime.parse(text, ZonedDateTime.now(ZoneId.systemDefault()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--at: " + e.getMessage(), e);
    }
  }

  /**
   * Reads an address argument.
   *
   * @throws ParameterException if it is none
   */
  IpAddress address(String text) {
    try {
      return IpAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "IP: " + e.getMessage(), e);
    }
  }

  ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
