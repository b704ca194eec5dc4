package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Statuses from a real broker to a real API server. */
@Tag(Kubernetes.TAG)
class StatusesOnKubernetesIT extends StatusSuite {

  @Test
  void aStatusIsAppliedUnderOurNameAndSeenInBothVersions() throws Exception {
    createPolicy();
    say(policyId, ready(3));
    eventually().until(() -> Integer.valueOf(3).equals(policy("v1").get("status", "matchedPods")));

    assertThat(policy("v1alpha1").<Object>get("status", "egressIPs"))
        .isEqualTo(List.of("10.40.1.100"));
    assertThat(policy("v1alpha1").<Object>get("status"))
        .isEqualTo(policy("v1").<Object>get("status"));
    assertThat(policy("v1").getMetadata().getManagedFields())
        .filteredOn(entry -> entry.getManager().equals("sluice"))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.getSubresource()).isEqualTo("status");
          assertThat(entry.getOperation()).isEqualTo("Apply");
        });
    assertThat(policy("v1").getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .as("who wrote the rest")
        .hasSize(2);
  }

  @Test
  void whatIsSaidAgainMovesNothingAlsoAfterARestart() throws Exception {
    createPolicy();
    createGateway();
    say(policyId, ready(3));
    say(gatewayId, refused("first"));
    eventually().until(() -> gateway().get("status") != null && policy("v1").get("status") != null);
    String version = policy("v1").getMetadata().getResourceVersion();

    say(policyId, ready(3));
    say(gatewayId, refused("second"));
    eventually().until(() -> gateway().get("status").toString().contains("second"));
    assertThat(policy("v1").getMetadata().getResourceVersion()).isEqualTo(version);

    watcher.kill();
    api.releaseLease();
    watcher = startWatcher("b");
    say(gatewayId, refused("third"));
    eventually().until(() -> gateway().get("status").toString().contains("third"));
    assertThat(policy("v1").getMetadata().getResourceVersion()).isEqualTo(version);
  }

  @Test
  void whatIsNoLongerSaidDisappears() throws Exception {
    createGateway();
    say(gatewayId, upAndDown(Map.of("node-1", "Up", "node-2", "Down")));
    eventually().until(() -> gateway().get("status", "nodes", "node-2") != null);

    say(gatewayId, upAndDown(Map.of("node-1", "Up")));
    eventually().until(() -> "1/1".equals(gateway().get("status", "nodesUp")));
    assertThat(gateway().<Object>get("status", "nodes")).isEqualTo(Map.of("node-1", "Up"));

    say(gatewayId, null);
    eventually().until(() -> gateway().get("status", "conditions") == null);
  }

  private static Status upAndDown(Map<String, String> nodes) {
    return new Status(
        1,
        List.of(new Condition("Ready", Truth.TRUE, "Ready", "all of it", 1_700_000_000_000L)),
        nodes,
        Map.of("10.40.1.100", "node-1"),
        List.of(),
        Optional.empty(),
        OptionalInt.empty());
  }
}
