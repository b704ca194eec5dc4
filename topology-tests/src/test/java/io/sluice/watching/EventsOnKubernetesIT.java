package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.AssignmentKey;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.schemas.Topics;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events from a real broker to a real API server. */
@Tag(Kubernetes.TAG)
class EventsOnKubernetesIT extends StatusSuite {

  @Test
  void anAssignmentAndAFailoverAreEventsThatTheServerTakes() throws Exception {
    createGateway();
    assign("node-1", 1, 1, "node-1 has the fewest addresses");
    assign("node-2", 2, 2, "node-1 has been silent for 500 ms");

    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(2));
    assertThat(eventsOf("kube-system"))
        .extracting(Event::getReason)
        .containsExactlyInAnyOrder("Assigned", "FailedOver");
    assertThat(eventsOf("kube-system"))
        .allSatisfy(event -> {
          assertThat(event.getRegarding().getUid()).isEqualTo(gateway().getMetadata().getUid());
          assertThat(event.getReportingController()).isEqualTo("sluice.io/watcher");
        });
    assertThat(
            api.client()
                .v1()
                .events()
                .inNamespace("kube-system")
                .withField("involvedObject.uid", gateway().getMetadata().getUid())
                .list()
                .getItems())
        .as("what kubectl describe shows")
        .hasSize(2);
  }

  @Test
  void whatIsRefusedAgainAndAgainIsCounted() throws Exception {
    createPolicy();
    for (int i = 0; i < 5; i++) {
      say(policyId, refused("payments has 10.40.1.100; free: 10.40.1.101"));
      say(policyId, ready(1));
    }

    eventually()
        .untilAsserted(() ->
            assertThat(eventsOf("default"))
                .filteredOn(event -> event.getType().equals("Warning"))
                .singleElement()
                .satisfies(event -> assertThat(count(event)).isEqualTo(5)));
    assertThat(eventsOf("default")).hasSize(2);
  }

  private static int count(Event event) {
    return event.getSeries() == null ? 1 : event.getSeries().getCount();
  }

  @Test
  void whatWasToldIsNotToldAgainByTheNextWatcher() throws Exception {
    createGateway();
    assign("node-1", 1, 1, "first");
    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(1));
    String version = eventsOf("kube-system").getFirst().getMetadata().getResourceVersion();
    assertThat(watcher.terminate()).isTrue();

    watcher = startWatcher("b");
    assign("node-2", 2, 2, "node-1 has been silent for 500 ms");
    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(2));
    assertThat(eventsOf("kube-system"))
        .filteredOn(event -> event.getReason().equals("Assigned"))
        .singleElement()
        .satisfies(
            event -> assertThat(event.getMetadata().getResourceVersion()).isEqualTo(version));
  }

  /** What was decided meanwhile is shown and told once it is back, and once only. */
  @Test
  void whatIsDecidedWhileTheApiServerIsStoppedIsShownAndToldLater() throws Exception {
    ServerSwitch server = ServerSwitch.require(api);
    createPolicy();
    createGateway();
    assign("node-1", 1, 1, "first");
    say(policyId, ready(1));
    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(1));
    eventually().untilAsserted(() -> assertThat(eventsOf("default")).hasSize(1));

    server.stop();
    assign("node-2", 2, 2, "node-1 has been silent for 500 ms");
    say(policyId, refused("payments has 10.40.1.100; free: 10.40.1.101"));
    server.start();
    eventually().untilAsserted(() -> assertReasons("kube-system", "Assigned", "FailedOver"));
    eventually()
        .untilAsserted(() -> assertReasons("default", "Ready", "FailedOver", "EgressIPInUse"));
    eventually().until(() -> policy("v1").get("status").toString().contains("payments"));
  }

  private void assertReasons(String namespace, String... reasons) {
    assertThat(eventsOf(namespace)).extracting(Event::getReason).containsExactlyInAnyOrder(reasons);
  }

  private void assign(String node, long epoch, long sequence, String reason) throws Exception {
    Assignment assignment =
        new Assignment(
            State.GRANTED,
            Optional.of(new Holder(node, 1, List.of())),
            epoch,
            Optional.of(gatewayId),
            LeaseMode.AVAILABLE,
            sequence,
            reason);
    allocator
        .send(
            Topics.ASSIGNMENTS, new AssignmentKey(name, IpAddress.parse("10.40.1.100")), assignment)
        .get();
  }
}
