package io.sluice.allocator.core.selection;

import static io.sluice.allocator.core.selection.SelectedCluster.METADATA;
import static io.sluice.allocator.core.selection.SelectedCluster.podOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.MalformedResource;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.StateChange.WorkloadObserved;
import io.sluice.model.Workload;
import io.sluice.model.Workload.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which Pods a policy matches, and what is written of it. */
class SelectionTest {

  private final SelectedCluster cluster = new SelectedCluster();

  @Test
  void aPolicyMatchesPodsByTheLabelsOfTheirNamespaceAndTheirOwn() {
    cluster.shop();
    List<StateChange> changes = cluster.policy("p", Map.of("team", "shop"), Map.of("app", "web"));
    assertThat(cluster.boundTo("p")).containsExactly("shop/web");
    assertThat(changes)
        .contains(
            new BindingChanged(
                new BindingId.OfPod("p", "shop", "web"),
                Optional.of(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.1")), "node-1"))));
    assertThat(cluster.matchedPods("p")).hasValue(1);
    assertThat(cluster.selection.statuses().get(ObjectId.policy("p")).observedGeneration())
        .isEqualTo(3);
  }

  @Test
  void emptySelectorsMatchEverything() {
    cluster.shop();
    cluster.policy("p", Map.of(), Map.of());
    assertThat(cluster.boundTo("p")).containsExactly("bank/web", "shop/db", "shop/web");
  }

  @Test
  void aPodThatComesLaterIsBoundAtOnceAndUnboundWhenItGoes() {
    cluster.shop();
    cluster.policy("p", Map.of("team", "shop"), Map.of());
    cluster.pod("shop", "new", podOf(Map.of(), "10.244.1.9"));
    assertThat(cluster.boundTo("p")).contains("shop/new");
    assertThat(cluster.pod("shop", "new", null))
        .contains(new BindingChanged(new BindingId.OfPod("p", "shop", "new"), Optional.empty()));
    assertThat(cluster.boundTo("p")).doesNotContain("shop/new");
  }

  @Test
  void aPodThatChangesItsLabelsOrAddressIsBoundAccordingly() {
    cluster.shop();
    cluster.policy("p", Map.of(), Map.of("app", "web"));
    cluster.pod("shop", "db", podOf(Map.of("app", "web"), "10.244.1.2"));
    assertThat(cluster.boundTo("p")).contains("shop/db");
    cluster.pod("shop", "db", podOf(Map.of("app", "web"), "10.244.1.77"));
    assertThat(cluster.selection.state().bindings("p").get(new PodName("shop", "db")))
        .isEqualTo(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.77")), "node-1"));
    cluster.pod("shop", "db", podOf(Map.of("app", "db"), "10.244.1.77"));
    assertThat(cluster.boundTo("p")).doesNotContain("shop/db");
  }

  @Test
  void aNamespaceThatChangesItsLabelsTakesItsPodsAlong() {
    cluster.shop();
    cluster.policy("p", Map.of("team", "shop"), Map.of());
    cluster.namespace("bank", Map.of("team", "shop"));
    assertThat(cluster.boundTo("p")).containsExactly("bank/web", "shop/db", "shop/web");
    cluster.namespace("shop", Map.of());
    assertThat(cluster.boundTo("p")).containsExactly("bank/web");
  }

  @Test
  void podsOfANamespaceThatIsNotKnownYetAreBoundOnceItIs() {
    cluster.policy("p", Map.of(), Map.of());
    cluster.pod("late", "web", podOf(Map.of(), "10.244.1.1"));
    assertThat(cluster.boundTo("p")).isEmpty();
    cluster.namespace("late", Map.of());
    assertThat(cluster.boundTo("p")).containsExactly("late/web");
  }

  @Test
  void aPolicyThatChangesTouchesOnlyWhatItMatchesOrMatched() {
    cluster.shop();
    cluster.policy("p", Map.of(), Map.of("app", "web"));
    List<StateChange> changes = cluster.policy("p", Map.of("team", "shop"), Map.of());
    assertThat(cluster.boundTo("p")).containsExactly("shop/db", "shop/web");
    assertThat(changes.stream().filter(BindingChanged.class::isInstance)).hasSize(2);
  }

  @Test
  void aPolicyThatIsDeletedOrMalformedBindsNothing() {
    cluster.shop();
    cluster.policy("p", Map.of(), Map.of());
    cluster.policy("q", Map.of(), Map.of());
    cluster.resource(ObjectId.policy("p"), null);
    cluster.resource(ObjectId.policy("q"), new MalformedResource(METADATA, List.of()));
    assertThat(cluster.boundTo("p")).isEmpty();
    assertThat(cluster.boundTo("q")).isEmpty();
    assertThat(cluster.selection.statuses()).isEmpty();
  }

  @Test
  void podsWithoutPacketsOfTheirOwnAreNotBound() {
    cluster.namespace("n", Map.of());
    cluster.policy("p", Map.of(), Map.of());
    List<IpAddress> ips = List.of(IpAddress.parse("10.244.1.1"));
    cluster.pod("n", "host", new Pod(METADATA, Map.of(), ips, "node-1", true, false));
    cluster.pod("n", "ended", new Pod(METADATA, Map.of(), ips, "node-1", false, true));
    cluster.pod("n", "waiting", new Pod(METADATA, Map.of(), ips, "", false, false));
    cluster.pod("n", "starting", podOf(Map.of()));
    assertThat(cluster.boundTo("p")).isEmpty();
    cluster.pod("n", "starting", podOf(Map.of(), "10.244.1.1"));
    assertThat(cluster.boundTo("p")).containsExactly("n/starting");
    cluster.pod("n", "starting", new Pod(METADATA, Map.of(), ips, "node-1", false, true));
    assertThat(cluster.boundTo("p")).isEmpty();
  }

  @Test
  void whatChangesNothingIsNoEntryOfTheAuditLog() {
    cluster.shop();
    int before = cluster.audit.size();
    Pod sameButRewritten =
        new Pod(
            new Metadata("uid", "2", 3, 1),
            Map.of("app", "web"),
            List.of(IpAddress.parse("10.244.1.1")),
            "node-1",
            false,
            false);
    assertThat(cluster.pod("shop", "web", sameButRewritten)).isEmpty();
    assertThat(cluster.pod("shop", "unknown", null)).isEmpty();
    assertThat(cluster.resource(ObjectId.policy("unknown"), null)).isEmpty();
    assertThat(cluster.audit).hasSize(before);
  }

  @Test
  void factsOfAllocationAreNotAccepted() {
    assertThat(cluster.audit).isEmpty();
    List<StateChange> changes =
        List.of(
            new ResourceObserved(ObjectId.policy("p"), Optional.empty()),
            new WorkloadObserved(ObjectId.namespace("n"), Optional.<Workload>empty()));
    changes.forEach(cluster.selection::restore);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cluster.selection.restore(new StateChange.EgressChosen("p", List.of())))
        .withMessageContaining("allocation");
  }
}
