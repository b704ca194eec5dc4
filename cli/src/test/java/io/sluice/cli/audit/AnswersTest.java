package io.sluice.cli.audit;

import static io.sluice.cli.audit.AuditAnswers.json;
import static io.sluice.cli.audit.AuditAnswers.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.Explanation;
import io.sluice.cli.audit.core.LogScenario;
import io.sluice.cli.lab.LabException;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AnswersTest {

  private static final String IP = "10.40.1.100";

  private final LogScenario scenario = LogScenario.started();
  private final AuditAnswers answers = new AuditAnswers(scenario);
  private String first;

  @BeforeEach
  void aPolicyWithTwoPods() {
    scenario
        .namespace("alice", Map.of())
        .pod("alice", "alice-1", "10.244.1.10", "node-1")
        .pod("alice", "alice-2", "10.244.2.10", "node-2")
        .policy("alice-paul", 1, Optional.of(IP))
        .run(100);
    first = scenario.holder(IP);
  }

  /** Kills the holder, and returns the time of the decision that moved the address. */
  private long failOver() {
    scenario.silence(first).run(1_000);
    assertThat(scenario.holder(IP)).isNotEqualTo(first);
    long sequence = scenario.assignments().get(IpAddress.parse(IP)).auditSequence();
    return scenario.log().stream()
        .filter(it -> it.entry().sequence() == sequence)
        .filter(it ->
            it.entry().changes().stream().anyMatch(c -> c.entity().equals("assignment " + IP)))
        .findFirst()
        .orElseThrow()
        .entry()
        .timeMillis();
  }

  // ---- who-had ----------------------------------------------------------------------------------

  @Test
  void beforeAMoveTheOldHolderHadIt() {
    long moved = failOver();

    JsonNode answer = json(answers.whoHad(IP, moved - 1));

    assertThat(answer.get("holder").asString()).isEqualTo(first);
    assertThat(answer.get("until").asString()).isEqualTo(Instant.ofEpochMilli(moved).toString());
    assertThat(answer.get("then").asString())
        .isEqualTo("on %s: %s silent for 500 ms".formatted(scenario.holder(IP), first));
    assertThat(answer.get("inTheKernel").asBoolean()).isTrue();
  }

  @Test
  void atAndAfterAMoveTheNewHolderHasItAndTheCauseIsNamed() {
    long moved = failOver();

    for (long at : List.of(moved, moved + 300)) {
      JsonNode answer = json(answers.whoHad(IP, at));
      assertThat(answer.get("holder").asString()).isEqualTo(scenario.holder(IP));
      assertThat(answer.get("since").asString()).isEqualTo(Instant.ofEpochMilli(moved).toString());
      assertThat(answer.get("why").asString()).isEqualTo(first + " silent for 500 ms");
      assertThat(answer.get("decision").get("facts").get(0).asString())
          .isEqualTo(first + " fell silent (session 1)");
      assertThat(answer.get("until").isNull()).isTrue();
    }
  }

  @Test
  void thePoliciesAndPodsThatLeftWithItAreNamed() {
    Answer answer = answers.whoHad(IP, scenario.nowMillis());

    JsonNode json = json(answer);
    assertThat(json.get("policies").get(0).get("policy").asString()).isEqualTo("alice-paul");
    assertThat(json.get("pods")).hasSize(2);
    assertThat(json.get("pods").get(1).get("pod").asString()).isEqualTo("alice/alice-2");
    assertThat(json.get("pods").get(1).get("decision").get("cause").get("topic").asString())
        .isEqualTo("sluice.resources");
    assertThat(text(answer))
        .startsWith(first + " had 10.40.1.100 at 2025-07-29T10:00:01.100Z.")
        .contains("Policies", "alice-paul", "203.0.113.0/24", "alice/alice-1", "10.244.1.10");
  }

  @Test
  void podsThatCameLaterDidNotHaveItThen() {
    long then = scenario.nowMillis();
    scenario.run(100).pod("alice", "alice-3", "10.244.3.10", "node-3").run(100);

    assertThat(json(answers.whoHad(IP, then)).get("pods")).hasSize(2);
    assertThat(json(answers.whoHad(IP, scenario.nowMillis())).get("pods")).hasSize(3);
  }

  @Test
  void beforeAGatewayListedItNobodyHadIt() {
    long then = scenario.nowMillis();
    scenario.run(100).gateway("10.40.1.100-10.40.1.103").run(100);

    JsonNode answer = json(answers.whoHad("10.40.1.103", then));

    assertThat(answer.get("holder").isNull()).isTrue();
    assertThat(answer.get("summary").asString()).startsWith("Nobody had 10.40.1.103");
    assertThat(answer.get("then").asString()).contains("first placement");
  }

  @Test
  void aTimeBeforeTheLogIsRefusedWithItsFirstEntry() {
    assertThatThrownBy(() -> answers.whoHad(IP, LogScenario.START_MILLIS - 1))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("before the log begins")
        .hasMessageContaining("first entry is of 2025-07-29T10:00:00.000Z");
  }

  @Test
  void anUnknownAddressIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> answers.whoHad("10.9.9.9", scenario.nowMillis()))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("10.40.1.100, 10.40.1.101, 10.40.1.102");
    assertThatThrownBy(() -> answers.history("10.9.9.9"))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("10.40.1.100, 10.40.1.101, 10.40.1.102");
  }

  @Test
  void aLogWithoutItsBeginningDoesNotSayThatNobodyHadIt() {
    scenario.run(100).policy("other", 2, Optional.empty()).run(100);
    LogScenario cut = new LogScenario();
    cut.log().addAll(scenario.log().subList(scenario.log().size() - 2, scenario.log().size()));

    assertThatThrownBy(() -> new AuditAnswers(cut).whoHad(IP, scenario.nowMillis()))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("beginning is gone");
  }

  // ---- history ----------------------------------------------------------------------------------

  @Test
  void theHistoryNamesHolderPolicyPodsAndCause() {
    failOver();
    scenario
        .workload(ObjectId.pod("alice", "alice-1"), Optional.empty())
        .resource(ObjectId.policy("alice-paul"), Optional.empty())
        .run(100);

    Answer answer = answers.history(IP);

    JsonNode events = json(answer).get("events");
    assertThat(events.valueStream().map(event -> event.get("event").asString()))
        .containsExactly(
            "without a node",
            "placed",
            "policy uses it",
            "Pods matched",
            "failed over",
            "Pods no longer matched",
            "policy leaves it");
    assertThat(events.get(3).get("pods")).hasSize(2);
    assertThat(events.get(4).get("node").asString()).isEqualTo(scenario.holder(IP));
    assertThat(events.get(4).get("epoch").asInt()).isEqualTo(2);
    assertThat(events.get(4).get("policies").get(0).asString()).isEqualTo("alice-paul");
    assertThat(events.get(4).get("pods")).hasSize(2);
    assertThat(events.get(5).get("decision").get("facts").get(0).asString())
        .isEqualTo("Pod alice/alice-1 was deleted");
    assertThat(text(answer)).contains("failed over", "alice/alice-1", "fell silent");
  }

  // ---- explain ----------------------------------------------------------------------------------

  @Test
  void aGrantedAddressIsExplained() {
    failOver();

    Answer answer = answers.explainIp(IP);

    assertThat(json(answer).get("state").asString()).isEqualTo("granted");
    assertThat(json(answer).get("lastMoves").valueStream().map(m -> m.get("event").asString()))
        .containsExactly("without a node", "placed", "failed over");
    assertThat(text(answer))
        .startsWith(
            "10.40.1.100 is on %s: %s silent for 500 ms.".formatted(scenario.holder(IP), first))
        .containsPattern(first + " +no +is silent")
        .contains("alice-paul");
  }

  @Test
  void anAddressThatIsAskedBackIsExplained() {
    scenario.deafen(first).label(first, Map.of(LogScenario.DRAIN, "true")).run(200);

    Answer answer = answers.explainIp(IP);

    assertThat(json(answer).get("state").asString()).isEqualTo("releasing");
    assertThat(text(answer))
        .startsWith(
            "10.40.1.100 is being asked back from %s: %s is being drained.".formatted(first, first))
        .contains("reports that it has let go, or its lease ends");
  }

  @Test
  void anAddressWithoutANodeIsExplainedWithWhatKeepsEachNodeOff() {
    for (int n = 1; n <= 3; n++) {
      scenario.leave("node-" + n);
    }
    scenario.run(100);

    Answer answer = answers.explainIp(IP);

    assertThat(scenario.assignments().get(IpAddress.parse(IP)).state())
        .isEqualTo(Assignment.State.UNASSIGNED);
    assertThat(text(answer))
        .startsWith("10.40.1.100 is on no node: no node may carry it at present.")
        .containsPattern("node-1 +no +left")
        .containsPattern("node-3 +no +left");
  }

  @Test
  void aPolicyInEffectIsExplained() {
    Answer answer = answers.explainPolicy("alice-paul");

    assertThat(text(answer))
        .startsWith("Policy alice-paul is in effect: leaves with 10.40.1.100.")
        .contains("EgressNATPolicy alice-paul was written", "alice/alice-1");
    assertThat(json(answer).get("egressIPs").get(0).get("node").asString()).isEqualTo(first);
  }

  @Test
  void aRefusedPolicyIsExplained() {
    scenario.policy("latecomer", 2, Optional.of(IP)).run(100);

    Answer answer = answers.explainPolicy("latecomer");

    assertThat(json(answer).get("reason").asString()).isEqualTo("EgressIPInUse");
    assertThat(text(answer))
        .startsWith("Policy latecomer is not fully in effect: spec.egressSourceIP: 10.40.1.100 is")
        .contains("used by policy alice-paul", "do not leave");
  }

  @Test
  void aSilentNodeIsExplainedWithWhatItLost() {
    failOver();

    Answer answer = answers.explainNode(first);

    assertThat(json(answer).get("liveness").asString()).isEqualTo("silent");
    assertThat(json(answer).get("lastMoves").valueStream())
        .anySatisfy(move -> {
          assertThat(move.get("address").asString()).isEqualTo(IP);
          assertThat(move.get("from").asString()).isEqualTo(first);
          assertThat(move.get("to").asString()).isEqualTo(scenario.holder(IP));
        });
    assertThat(text(answer))
        .startsWith(first + " is silent: its agent was not heard any more, and carries no")
        .containsPattern("AnthosNetworkGateway kube-system/default +no +is silent");
  }

  @Test
  void aNodeThatWasNeverHeardIsExplained() {
    scenario.resource(
        ObjectId.node("node-9"),
        Optional.of(
            new Node(
                new Metadata("uid", "1", 1, 1),
                Map.of(),
                List.of("10.40.0.19"),
                List.of(),
                true,
                false)));

    assertThat(text(answers.explainNode("node-9")))
        .startsWith("node-9 has never been heard: no agent of it beats")
        .contains("has no agent that beats");
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThereAre() {
    AuditFold fold = scenario.fold();

    assertThat(Explanation.ofPolicy(fold, "nobody")).isEmpty();
    assertThat(Explanation.ofNode(fold, "nobody")).isEmpty();
    assertThat(Refusals.unknownName(fold, "nobody"))
        .hasMessageContaining("policies: alice-paul")
        .hasMessageContaining("nodes: node-1, node-2, node-3");
  }

  // ---- replay -----------------------------------------------------------------------------------

  @Test
  void aReplayThatGivesTheLiveStateSaysSo() {
    failOver();
    AuditFold fold = scenario.fold();

    Answer answer = ReplayView.compared("local", fold, List.of());

    assertThat(json(answer).get("identical").asBoolean()).isTrue();
    assertThat(text(answer))
        .startsWith("Cluster local: ")
        .contains("(failovers: 1) give exactly the live state.")
        .containsPattern("allocation +\\d+ +1 ");
  }

  @Test
  void theStateAsOfATimeNamesNodesAddressesAndPolicies() {
    long then = scenario.nowMillis();
    failOver();
    AuditFold fold = AuditFold.until(then);
    scenario.log().forEach(fold::accept);

    Answer answer = ReplayView.asOf("local", fold, Instant.ofEpochMilli(then), AuditAnswers.ZONE);

    JsonNode json = json(answer);
    assertThat(json.get("floatingIPs").get(0).get("node").asString()).isEqualTo(first);
    assertThat(json.get("nodes").valueStream().map(node -> node.get("liveness").asString()))
        .containsExactly("alive", "alive", "alive");
    assertThat(json.get("pods")).hasSize(2);
    assertThat(text(answer)).contains("alice-paul", "203.0.113.0/24").doesNotContain("silent");
  }
}
