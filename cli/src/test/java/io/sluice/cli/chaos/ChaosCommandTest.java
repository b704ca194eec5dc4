package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.chaos.core.FaultReport;
import io.sluice.cli.chaos.core.Profile;
import io.sluice.cli.chaos.core.Runs;
import io.sluice.model.LeaseMode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChaosCommandTest {

  private final StringWriter errors = new StringWriter();
  private final CommandLine command =
      new CommandLine(new ChaosCommand()).setErr(new PrintWriter(errors, true));

  @Test
  void anUnknownFaultIsWrongUsageAndTheOthersAreNamed() {
    assertThat(command.execute("--fault", "earthquake")).isEqualTo(2);
    assertThat(errors.toString()).contains("earthquake", "agent-frozen-10s", "kafka-cut-hearing");
  }

  @Test
  void noRunsAreWrongUsage() {
    assertThat(command.execute("--runs", "0")).isEqualTo(2);
    assertThat(errors.toString()).contains("--runs: at least 1, not 0");
  }

  @Test
  void severalFaultsMayFollowOneOptionOrEachItsOwn() {
    for (String[] arguments :
        new String[][] {
          {"--fault", "drain", "node-crash", "--list"},
          {"--fault", "drain,node-crash", "--list"},
          {"--fault", "drain", "--fault", "node-crash", "--list"}
        }) {
      assertThat(command.parseArgs(arguments).matchedOption("--fault").<List<String>>getValue())
          .containsExactly("drain", "node-crash");
    }
  }

  @Test
  void theListNamesEveryFaultAndWhatHolds() {
    assertThat(ChaosText.list(Profile.FAST))
        .hasSize(Fault.values().length + 1)
        .anySatisfy(line -> assertThat(line).contains("node-crash", "outage p99 <= 250 ms"))
        .anySatisfy(
            line -> assertThat(line).contains("kafka-frozen", "silent after 95 ms", "no packet"));
  }

  private static FaultReport report() {
    return new FaultReport(
        Fault.KAFKA_CUT,
        LeaseMode.STRICT,
        Profile.DEFAULT,
        List.of(
            new Runs(Fault.KAFKA_CUT, LeaseMode.STRICT)
                .has("node-1", 0, 1_400)
                .has("node-2", 1_350, 7_000)
                .outage(130)
                .result()),
        List.of());
  }

  @Test
  void theTableHasALineForEachFaultAndMode() {
    assertThat(ChaosText.table(List.of(report())).get(1))
        .containsSubsequence(
            "kafka-cut",
            "strict",
            "1",
            "130.0 ms",
            "130.0 ms",
            "130.0 ms",
            "130",
            "50.0 ms",
            "BROKEN");
  }

  @Test
  void jsonHasEveryRun() {
    JsonNode json = JsonMapper.shared().readTree(ChaosJson.of(List.of(report()), Profile.DEFAULT));
    assertThat(json.get("kept").asBoolean()).isFalse();
    JsonNode run = json.get("faults").get(0).get("runs").get(0);
    assertThat(run.get("victim").asString()).isEqualTo("node-1");
    assertThat(run.get("heir").asString()).isEqualTo("node-2");
    assertThat(run.get("lastSignOfOldMillis").asDouble()).isEqualTo(400);
    assertThat(run.get("firstSignOfNewMillis").asDouble()).isEqualTo(350);
    assertThat(run.get("twoHolderMillis").asDouble()).isEqualTo(50);
  }
}
