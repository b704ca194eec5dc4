package io.sluice.watcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.events.v1.EventSeries;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.events.Event;
import io.sluice.watcher.core.events.Event.Origin;
import io.sluice.watcher.core.events.Event.Type;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Events against the client library's stand-in for an API server. It does not judge them: that
 * times have six digits and where the Events of cluster-scoped objects go is held here, because a
 * real one refuses anything else.
 */
@EnableKubernetesMockClient(crud = true, https = false)
class KubernetesEventsTest {

  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final ObjectId POLICY = ObjectId.policy("p");

  private KubernetesClient client;

  private void create(ObjectId id) {
    ApiType type = ApiType.of(id.kind());
    GenericKubernetesResource object = ResourceTree.bare(id, null, null);
    object.setApiVersion(type.apiVersion());
    object.setKind(type.kind().toString());
    object.setAdditionalProperty("spec", Map.of());
    var resources = client.genericKubernetesResources(KindInformer.definition(type));
    if (type.kind().namespaced()) {
      resources.inNamespace(id.namespace()).resource(object).create();
    } else {
      resources.resource(object).create();
    }
  }

  private static Entrance entrance(ObjectId regarding, int count) {
    Event event =
        new Event(
            regarding,
            Type.WARNING,
            "FailedOver",
            "FailOver",
            "10.40.1.100 from node-1 to node-2: node-1 left",
            "x",
            new Origin("sluice.assignments", 7, 1_700_000_000_123L));
    return new Entrance("00000000000000aa", event, count, 1_700_000_001_456L);
  }

  private void tell(Entrance entrance) throws IOException {
    new KubernetesEvents(client, "sluice-watcher-0").tell(entrance);
  }

  private List<io.fabric8.kubernetes.api.model.events.v1.Event> events(String namespace) {
    return client.events().v1().events().inNamespace(namespace).list().getItems();
  }

  @Test
  void anEventIsMadeNextToItsObjectAndNamesItByItsUid() throws Exception {
    create(GATEWAY);
    tell(entrance(GATEWAY, 1));

    assertThat(events("kube-system"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getMetadata().getName()).isEqualTo("default.00000000000000aa");
          assertThat(event.getEventTime().getTime()).isEqualTo("2023-11-14T22:13:20.123000Z");
          assertThat(event.getType()).isEqualTo("Warning");
          assertThat(event.getReason()).isEqualTo("FailedOver");
          assertThat(event.getAction()).isEqualTo("FailOver");
          assertThat(event.getNote()).contains("node-1 left");
          assertThat(event.getReportingController()).isEqualTo("sluice.io/watcher");
          assertThat(event.getReportingInstance()).isEqualTo("sluice-watcher-0");
          assertThat(event.getSeries()).isNull();
          assertThat(event.getRegarding().getKind()).isEqualTo("AnthosNetworkGateway");
          assertThat(event.getRegarding().getApiVersion()).isEqualTo("networking.gke.io/v1alpha1");
          assertThat(event.getRegarding().getNamespace()).isEqualTo("kube-system");
          assertThat(event.getRegarding().getUid())
              .isNotEmpty()
              .isEqualTo(
                  client
                      .genericKubernetesResources(
                          KindInformer.definition(ApiType.ANTHOS_NETWORK_GATEWAY))
                      .inNamespace("kube-system")
                      .withName("default")
                      .get()
                      .getMetadata()
                      .getUid());
        });
  }

  @Test
  void theEventOfAClusterScopedObjectIsInTheDefaultNamespace() throws Exception {
    create(POLICY);
    tell(entrance(POLICY, 1));

    assertThat(events("default"))
        .singleElement()
        .satisfies(event -> assertThat(event.getRegarding().getNamespace()).isNull());
  }

  @Test
  void tellingItAgainMakesNoSecondOne() throws Exception {
    create(GATEWAY);
    tell(entrance(GATEWAY, 1));
    tell(entrance(GATEWAY, 1));

    assertThat(events("kube-system")).hasSize(1);
  }

  @Test
  void repetitionsAreCountedOnTheSameEvent() throws Exception {
    create(GATEWAY);
    tell(entrance(GATEWAY, 1));
    tell(entrance(GATEWAY, 2));
    tell(entrance(GATEWAY, 3));

    EventSeries series = events("kube-system").getFirst().getSeries();
    assertThat(events("kube-system")).hasSize(1);
    assertThat(series.getCount()).isEqualTo(3);
    assertThat(series.getLastObservedTime().getTime()).isEqualTo("2023-11-14T22:13:21.456000Z");
  }

  @Test
  void anObjectThatIsGoneHasNoEventsAndHoldsUpNothing() {
    assertThatCode(() -> tell(entrance(POLICY, 1))).doesNotThrowAnyException();
    assertThatCode(() -> tell(entrance(POLICY, 2))).doesNotThrowAnyException();
    assertThat(events("default")).isEmpty();
  }

  @Test
  void whatIsNoObjectOfOursHasNoEvents() throws Exception {
    tell(entrance(new ObjectId(Kind.MANIFEST_FILE, "", "a.yaml"), 1));
    assertThat(events("default")).isEmpty();
  }

  @Test
  void aServerThatIsAwayIsTriedAgain() {
    Config nowhere =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:1")
            .withRequestRetryBackoffLimit(0)
            .build();
    try (KubernetesClient away = new KubernetesClientBuilder().withConfig(nowhere).build()) {
      KubernetesEvents events = new KubernetesEvents(away, "x");
      assertThatIOException().isThrownBy(() -> events.tell(entrance(GATEWAY, 1)));
      assertThatIOException().isThrownBy(() -> events.tell(entrance(GATEWAY, 2)));
    }
  }
}
