package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.model.MalformedResource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A definition that was laxer once leaves objects behind with fields of a type that today's would
 * refuse. They hold up nothing, and their own status says what is wrong.
 */
@Tag(Kubernetes.TAG)
class OutdatedObjectsOnKubernetesIT extends StatusSuite {

  private CustomResourceDefinition strict;

  /** The server takes a definition up a little later than it answers. */
  @BeforeEach
  void createUnderALaxerDefinition() {
    strict = definition();
    replace(lax(definition()));
    eventually().until(() -> takes(() -> create(outdated(name))));
    replace(strict);
    eventually().until(() -> !takes(() -> tryToCreate(outdated(name + "-too"))));
  }

  @AfterEach
  void putTheDefinitionBack() {
    replace(strict);
  }

  private static String outdated(String name) {
    return """
    apiVersion: networking.gke.io/v1
    kind: EgressNATPolicy
    metadata: {name: %s}
    spec: {sources: everybody, destinations: [{cidr: 203.0.113.0/24}]}
    """
        .formatted(name);
  }

  private static void tryToCreate(String yaml) {
    api.client()
        .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
        .dryRun()
        .create();
  }

  private static boolean takes(Runnable creation) {
    try {
      creation.run();
      return true;
    } catch (KubernetesClientException _) {
      return false;
    }
  }

  @Test
  void itIsPublishedAsMalformedAndHoldsUpNothing() {
    try (Published published = new Published(broker.bootstrapServers(), name)) {
      createGateway();
      eventually().until(() -> published.now().containsKey(gatewayId));
      eventually().until(() -> published.now().get(policyId) instanceof MalformedResource);
    }
  }

  @Test
  void itsStatusAndAnEventSayWhatIsWrong() throws Exception {
    say(policyId, ready(3));
    eventually().until(() -> Integer.valueOf(3).equals(policy("v1").get("status", "matchedPods")));
    say(policyId, refused("spec.sources: must be a list"));
    eventually().until(() -> message().equals("spec.sources: must be a list"));

    assertThat(policy("v1").<Map<String, Object>>get("status"))
        .as("what is no longer said is gone")
        .containsOnlyKeys("conditions", "observedGeneration");
    eventually()
        .untilAsserted(() ->
            assertThat(eventsOf("default"))
                .extracting(Event::getNote)
                .contains("spec.sources: must be a list"));
  }

  @Test
  void whatIsSaidAgainAfterARestartMovesNothing() throws Exception {
    say(policyId, refused("spec.sources: must be a list"));
    createGateway();
    eventually().until(() -> message().equals("spec.sources: must be a list"));
    String version = policy("v1").getMetadata().getResourceVersion();

    watcher.kill();
    api.releaseLease();
    watcher = startWatcher("b");
    say(gatewayId, refused("behind it"));
    eventually().until(() -> gateway().get("status") != null);
    assertThat(policy("v1").getMetadata().getResourceVersion()).isEqualTo(version);
  }

  @Test
  void onceItIsMendedItsStatusIsAppliedAsAnyOther() throws Exception {
    say(policyId, refused("spec.sources: must be a list"));
    eventually().until(() -> message().equals("spec.sources: must be a list"));

    GenericKubernetesResource mended = policy("v1");
    mended
        .<Map<String, Object>>get("spec")
        .put("sources", List.of(Map.of("namespaceSelector", Map.of())));
    api.client().resource(mended).update();
    say(policyId, ready(3));
    eventually().until(() -> Integer.valueOf(3).equals(policy("v1").get("status", "matchedPods")));
    assertThat(policy("v1").<Map<String, Object>>get("status"))
        .containsOnlyKeys(
            "conditions", "observedGeneration", "egressIPs", "gatewayNode", "matchedPods");
    assertThat(message()).isEqualTo("on node-1");
    assertThat(policy("v1").getMetadata().getManagedFields())
        .filteredOn(entry -> entry.getManager().equals("sluice"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.getOperation()).isEqualTo("Apply"));
  }

  private String message() {
    List<Map<String, Object>> conditions = policy("v1").get("status", "conditions");
    return conditions == null ? "" : (String) conditions.getFirst().get("message");
  }

  private static CustomResourceDefinition definition() {
    return api.client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("egressnatpolicies.networking.gke.io")
        .get();
  }

  private static CustomResourceDefinition lax(CustomResourceDefinition definition) {
    definition
        .getSpec()
        .getVersions()
        .forEach(version ->
            version
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties()
                .put(
                    "spec",
                    new JSONSchemaPropsBuilder()
                        .withType("object")
                        .withXKubernetesPreserveUnknownFields(true)
                        .build()));
    return definition;
  }

  private static void replace(CustomResourceDefinition wanted) {
    wanted.getMetadata().setResourceVersion(null);
    wanted.getMetadata().setManagedFields(null);
    api.client().resource(wanted).update();
  }
}
