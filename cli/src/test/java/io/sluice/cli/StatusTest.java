package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.ClusterState;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Gateway;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusTest {

  private static final Metadata METADATA = new Metadata("uid", "1", 1, 0);
  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final ObjectId POLICY = ObjectId.policy("alice-paul");

  private final ClusterState state = new ClusterState();

  @BeforeEach
  void aClusterWithOneGatewayAndOnePolicy() {
    state.apply(
        TestRecords.resource(
            ObjectId.node("node-1"),
            new Node(
                METADATA, Map.of(), List.of("10.40.0.11"), List.of("10.244.1.0/24"), true, false)));
    state.apply(
        TestRecords.resource(
            GATEWAY,
            new Gateway(
                METADATA,
                List.of("10.40.1.100"),
                Optional.empty(),
                Gateway.Failback.GRADUAL,
                LeaseMode.AVAILABLE)));
    state.apply(
        TestRecords.resource(
            POLICY,
            new Policy(
                METADATA,
                List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
                Policy.Action.SNAT,
                List.of("203.0.113.0/24"),
                Optional.empty(),
                Optional.empty(),
                false)));
    state.apply(TestRecords.granted("10.40.1.100", "node-1", 4));
    state.apply(TestRecords.report("node-1", "10.40.1.100", 4, AppliedState.HELD));
    state.apply(TestRecords.policyBinding("alice-paul", "10.40.1.100"));
    state.apply(TestRecords.podBinding("alice-paul", "alice", "alice-1"));
    state.apply(
        TestRecords.status(
            GATEWAY,
            Author.ALLOCATION,
            new Status(
                1,
                List.of(new Condition("Ready", Truth.TRUE, "Ready", "all is well", 0)),
                Map.of("node-1", "Up"),
                Map.of("10.40.1.100", "node-1"),
                List.of(),
                Optional.empty(),
                OptionalInt.empty())));
  }

  @Test
  void everyPartOfTheClusterIsShown() {
    assertThat(new StatusText("local", state).lines())
        .anyMatch(line -> line.matches(" *node-1 +Up +10.40.0.11 +10.40.1.100 .*"))
        .anyMatch(line -> line.matches(" *kube-system/default +10.40.1.100 +yes .*"))
        .anyMatch(line -> line.matches(" *10.40.1.100 +granted +node-1 +4 +yes +first placement"))
        .anyMatch(
            line -> line.matches(" *alice-paul +SNAT +203.0.113.0/24 +10.40.1.100 +node-1 +1 .*"));
  }

  @Test
  void whatIsNotWellIsSaidInWords() {
    state.apply(
        TestRecords.status(
            POLICY,
            Author.ALLOCATION,
            Status.ofConditions(
                1, new Condition("Ready", Truth.FALSE, "NoFreeIP", "list more addresses", 0))));

    assertThat(new StatusText("local", state).lines())
        .anyMatch(line -> line.contains("no") && line.contains("NoFreeIP: list more addresses"));
  }

  @Test
  void aBadManifestIsAmongTheProblems() {
    state.apply(
        TestRecords.status(
            new ObjectId(Kind.MANIFEST_FILE, "", "bad.yaml"),
            Author.WATCHER,
            Status.ofConditions(
                0, new Condition("Accepted", Truth.FALSE, "NotYaml", "line 3: a tab", 0))));

    assertThat(new StatusText("local", state).lines())
        .contains("Problems")
        .anyMatch(line -> line.contains("bad.yaml") && line.contains("line 3: a tab"));
  }

  @Test
  void anEmptyClusterHasNoTables() {
    assertThat(new StatusText("local", new ClusterState()).lines())
        .containsExactly("Cluster local");
  }

  @Test
  void jsonSaysTheSame() {
    JsonMapper mapper = JsonMapper.builder().build();
    JsonNode json =
        mapper.readTree(mapper.writeValueAsString(new StatusJson("local", state).json()));

    assertThat(json.at("/cluster").asString()).isEqualTo("local");
    assertThat(json.at("/nodes/0/carries/0").asString()).isEqualTo("10.40.1.100");
    assertThat(json.at("/floatingIPs/0/epoch").asLong()).isEqualTo(4);
    assertThat(json.at("/floatingIPs/0/node").asString()).isEqualTo("node-1");
    assertThat(json.at("/policies/0/pods/0").asString()).isEqualTo("alice/alice-1");
    assertThat(json.at("/gateways/0/conditions/0/status").asString()).isEqualTo("True");
  }
}
