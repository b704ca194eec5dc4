package io.sluice.cli.acls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AclsCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new AclsCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(errors))
        .execute(arguments);
  }

  @Test
  void anAgentMayWriteItsBeatsAndReadDecisions() {
    assertThat(run("--component", "agent", "--principal", "User:CN=node-1,O=A B")).isZero();
    assertThat(out.toString())
        .contains(
            "kafka-acls.sh --bootstrap-server localhost:9092 --add --allow-principal"
                + " 'User:CN=node-1,O=A B' --operation Write --operation DescribeConfigs --topic"
                + " sluice.heartbeats\n")
        .contains(" --operation Read --operation DescribeConfigs --topic sluice.assignments\n")
        .doesNotContain("--operation Create")
        .doesNotContain("sluice.audit");
  }

  @Test
  void anAllocatorMayUseItsOwnGroupsTransactionsAndChangelogs() {
    assertThat(run("--component", "allocator", "--application-prefix", "blue")).isZero();
    assertThat(out.toString())
        .contains(
            "--allow-principal User:sluice-allocator --operation Read --group blue-allocation\n")
        .contains("--transactional-id blue-selection- --resource-pattern-type prefixed\n")
        .contains("--topic blue-allocation- --resource-pattern-type prefixed\n")
        .contains("--operation DescribeConfigs --cluster\n");
  }

  @Test
  void withoutAComponentAllOfThemArePrinted() {
    assertThat(run("--cluster", "prod", "--output", "json")).isZero();
    JsonNode rights = JsonMapper.shared().readTree(out.toString());
    assertThat(rights.findValuesAsString("component"))
        .contains("watcher", "allocator", "agent", "cli");
    assertThat(rights.findValuesAsString("name")).contains("sluice-watcher-prod");
    rights.forEach(right -> {
      if (right.path("component").asString().equals("cli")) {
        assertThat(right.path("operations")).hasToString("[\"READ\"]");
      }
    });
  }

  @Test
  void onePrincipalIsNotForAllComponents() {
    assertThat(run("--principal", "User:somebody")).isEqualTo(2);
    assertThat(errors.toString()).contains("--principal: say with --component what it is");
    assertThat(run("--component", "cli", "--principal", "somebody")).isEqualTo(2);
    assertThat(errors.toString()).contains("--principal: TYPE:NAME");
  }
}
