package io.sluice.allocator.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.allocator.core.selection.SelectionInput.ResourceRead;
import io.sluice.allocator.core.selection.SelectionInput.WorkloadRead;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.LabelSelector;
import io.sluice.model.MalformedResource;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.StateChange.WorkloadObserved;
import io.sluice.model.Workload;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SelectionTest {

  private static final Metadata METADATA = new Metadata("uid", "1", 3, 1);

  private final Selection selection = new Selection();
  private final List<AuditEntry> audit = new ArrayList<>();
  private long nowMillis = 1_000;

  @BeforeEach
  void start() {
    selection.resume(0);
  }

  private List<StateChange> take(SelectionInput input) {
    List<AuditEntry> entries = selection.on(input, Cause.tick(nowMillis), nowMillis);
    audit.addAll(entries);
    return entries.stream().flatMap(entry -> entry.changes().stream()).toList();
  }

  private List<StateChange> resource(ObjectId id, Resource resource) {
    return take(new ResourceRead(id, Optional.ofNullable(resource)));
  }

  private List<StateChange> policy(
      String name, Map<String, String> namespaces, Map<String, String> pods) {
    return resource(
        ObjectId.policy(name),
        new Policy(
            METADATA,
            List.of(
                new Policy.Source(
                    LabelSelector.ofLabels(namespaces), LabelSelector.ofLabels(pods))),
            Policy.Action.SNAT,
            List.of("203.0.113.0/24"),
            Optional.empty(),
            Optional.empty(),
            false));
  }

  private List<StateChange> namespace(String name, Map<String, String> labels) {
    return take(
        new WorkloadRead(ObjectId.namespace(name), Optional.of(new Namespace(METADATA, labels))));
  }

  private List<StateChange> pod(String namespace, String name, Pod pod) {
    return take(new WorkloadRead(ObjectId.pod(namespace, name), Optional.ofNullable(pod)));
  }

  private static Pod podOf(Map<String, String> labels, String... ips) {
    return new Pod(
        METADATA,
        labels,
        List.of(ips).stream().map(IpAddress::parse).toList(),
        "node-1",
        false,
        false);
  }

  private List<String> boundTo(String policy) {
    return selection.state().bindings(policy).keySet().stream()
        .map(name -> name.namespace() + "/" + name.name())
        .toList();
  }

  private OptionalInt matchedPods(String policy) {
    return selection.statuses().get(ObjectId.policy(policy)).matchedPods();
  }

  private void shop() {
    namespace("shop", Map.of("team", "shop"));
    namespace("bank", Map.of("team", "bank"));
    pod("shop", "web", podOf(Map.of("app", "web"), "10.244.1.1"));
    pod("shop", "db", podOf(Map.of("app", "db"), "10.244.1.2"));
    pod("bank", "web", podOf(Map.of("app", "web"), "10.244.1.3"));
  }

  @Test
  void aPolicyMatchesPodsByTheLabelsOfTheirNamespaceAndTheirOwn() {
    shop();
    List<StateChange> changes = policy("p", Map.of("team", "shop"), Map.of("app", "web"));
    assertThat(boundTo("p")).containsExactly("shop/web");
    assertThat(changes)
        .contains(
            new BindingChanged(
                new BindingId.OfPod("p", "shop", "web"),
                Optional.of(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.1")), "node-1"))));
    assertThat(matchedPods("p")).hasValue(1);
    assertThat(selection.statuses().get(ObjectId.policy("p")).observedGeneration()).isEqualTo(3);
  }

  @Test
  void emptySelectorsMatchEverything() {
    shop();
    policy("p", Map.of(), Map.of());
    assertThat(boundTo("p")).containsExactly("bank/web", "shop/db", "shop/web");
  }

  @Test
  void aPodThatComesLaterIsBoundAtOnceAndUnboundWhenItGoes() {
    shop();
    policy("p", Map.of("team", "shop"), Map.of());
    pod("shop", "new", podOf(Map.of(), "10.244.1.9"));
    assertThat(boundTo("p")).contains("shop/new");
    assertThat(pod("shop", "new", null))
        .contains(new BindingChanged(new BindingId.OfPod("p", "shop", "new"), Optional.empty()));
    assertThat(boundTo("p")).doesNotContain("shop/new");
  }

  @Test
  void aPodThatChangesItsLabelsOrAddressIsBoundAccordingly() {
    shop();
    policy("p", Map.of(), Map.of("app", "web"));
    pod("shop", "db", podOf(Map.of("app", "web"), "10.244.1.2"));
    assertThat(boundTo("p")).contains("shop/db");
    pod("shop", "db", podOf(Map.of("app", "web"), "10.244.1.77"));
    assertThat(selection.state().bindings("p").get(new PodName("shop", "db")))
        .isEqualTo(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.77")), "node-1"));
    pod("shop", "db", podOf(Map.of("app", "db"), "10.244.1.77"));
    assertThat(boundTo("p")).doesNotContain("shop/db");
  }

  @Test
  void aNamespaceThatChangesItsLabelsTakesItsPodsAlong() {
    shop();
    policy("p", Map.of("team", "shop"), Map.of());
    namespace("bank", Map.of("team", "shop"));
    assertThat(boundTo("p")).containsExactly("bank/web", "shop/db", "shop/web");
    namespace("shop", Map.of());
    assertThat(boundTo("p")).containsExactly("bank/web");
  }

  @Test
  void podsOfANamespaceThatIsNotKnownYetAreBoundOnceItIs() {
    policy("p", Map.of(), Map.of());
    pod("late", "web", podOf(Map.of(), "10.244.1.1"));
    assertThat(boundTo("p")).isEmpty();
    namespace("late", Map.of());
    assertThat(boundTo("p")).containsExactly("late/web");
  }

  @Test
  void aPolicyThatChangesTouchesOnlyWhatItMatchesOrMatched() {
    shop();
    policy("p", Map.of(), Map.of("app", "web"));
    List<StateChange> changes = policy("p", Map.of("team", "shop"), Map.of());
    assertThat(boundTo("p")).containsExactly("shop/db", "shop/web");
    assertThat(changes.stream().filter(BindingChanged.class::isInstance)).hasSize(2);
  }

  @Test
  void aPolicyThatIsDeletedOrMalformedBindsNothing() {
    shop();
    policy("p", Map.of(), Map.of());
    policy("q", Map.of(), Map.of());
    resource(ObjectId.policy("p"), null);
    resource(ObjectId.policy("q"), new MalformedResource(METADATA, List.of()));
    assertThat(boundTo("p")).isEmpty();
    assertThat(boundTo("q")).isEmpty();
    assertThat(selection.statuses()).isEmpty();
  }

  @Test
  void podsWithoutPacketsOfTheirOwnAreNotBound() {
    namespace("n", Map.of());
    policy("p", Map.of(), Map.of());
    List<IpAddress> ips = List.of(IpAddress.parse("10.244.1.1"));
    pod("n", "host", new Pod(METADATA, Map.of(), ips, "node-1", true, false));
    pod("n", "ended", new Pod(METADATA, Map.of(), ips, "node-1", false, true));
    pod("n", "waiting", new Pod(METADATA, Map.of(), ips, "", false, false));
    pod("n", "starting", podOf(Map.of()));
    assertThat(boundTo("p")).isEmpty();
    pod("n", "starting", podOf(Map.of(), "10.244.1.1"));
    assertThat(boundTo("p")).containsExactly("n/starting");
    pod("n", "starting", new Pod(METADATA, Map.of(), ips, "node-1", false, true));
    assertThat(boundTo("p")).isEmpty();
  }

  @Test
  void whatChangesNothingIsNoEntryOfTheAuditLog() {
    shop();
    int before = audit.size();
    Pod sameButRewritten =
        new Pod(
            new Metadata("uid", "2", 3, 1),
            Map.of("app", "web"),
            List.of(IpAddress.parse("10.244.1.1")),
            "node-1",
            false,
            false);
    assertThat(pod("shop", "web", sameButRewritten)).isEmpty();
    assertThat(pod("shop", "unknown", null)).isEmpty();
    assertThat(resource(ObjectId.policy("unknown"), null)).isEmpty();
    assertThat(audit).hasSize(before);
  }

  private static BindingChanged cleared(String namespace, String pod, String ip) {
    return new BindingChanged(
        new BindingId.OfClearance(namespace, pod),
        Optional.of(new Binding.Clearance(List.of(IpAddress.parse(ip)), "node-1")));
  }

  private static BindingChanged notCleared(String namespace, String pod) {
    return new BindingChanged(new BindingId.OfClearance(namespace, pod), Optional.empty());
  }

  private static List<StateChange> bindingsIn(List<StateChange> changes) {
    return changes.stream().filter(BindingChanged.class::isInstance).toList();
  }

  @Test
  void aPodIsClearedBehindItsBindingsAndNotAnyMoreBeforeTheyGo() {
    shop();
    policy("p", Map.of("team", "shop"), Map.of("app", "web"));
    BindingId.OfPod id = new BindingId.OfPod("p", "shop", "new");
    assertThat(bindingsIn(pod("shop", "new", podOf(Map.of("app", "web"), "10.244.1.9"))))
        .containsExactly(
            new BindingChanged(
                id,
                Optional.of(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.9")), "node-1"))),
            cleared("shop", "new", "10.244.1.9"));
    assertThat(bindingsIn(pod("shop", "new", podOf(Map.of("app", "web"), "10.244.1.10"))))
        .containsExactly(
            notCleared("shop", "new"),
            new BindingChanged(
                id,
                Optional.of(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.10")), "node-1"))),
            cleared("shop", "new", "10.244.1.10"));
    assertThat(bindingsIn(pod("shop", "new", null)))
        .containsExactly(notCleared("shop", "new"), new BindingChanged(id, Optional.empty()));
  }

  @Test
  void aPodThatNoPolicyMatchesIsClearedToo() {
    shop();
    policy("p", Map.of("team", "shop"), Map.of());
    assertThat(bindingsIn(pod("bank", "new", podOf(Map.of(), "10.244.1.9"))))
        .containsExactly(cleared("bank", "new", "10.244.1.9"));
    assertThat(bindingsIn(pod("bank", "new", podOf(Map.of("app", "other"), "10.244.1.9"))))
        .as("who it is stays the same")
        .isEmpty();
  }

  @Test
  void aPodIsNotClearedBeforeItsNamespaceIsKnownOrWithoutPacketsOfItsOwn() {
    assertThat(bindingsIn(pod("late", "web", podOf(Map.of(), "10.244.1.1")))).isEmpty();
    assertThat(bindingsIn(namespace("late", Map.of())))
        .containsExactly(cleared("late", "web", "10.244.1.1"));
    List<IpAddress> ips = List.of(IpAddress.parse("10.244.1.1"));
    assertThat(bindingsIn(pod("late", "web", new Pod(METADATA, Map.of(), ips, "n", false, true))))
        .containsExactly(notCleared("late", "web"));
  }

  private SortedMap<String, List<Cidr>> guardedPods() {
    return selection
        .state()
        .networks()
        .map(binding -> ((Binding.ClusterNetworks) binding).guardedPods())
        .orElseThrow();
  }

  @Test
  void podsAreGuardedAsSoonAndAsLongAsThereIsAPolicy() {
    shop();
    resource(ObjectId.node("n-1"), node(true, List.of("10.40.0.11"), List.of("10.244.1.0/24")));
    assertThat(guardedPods()).isEmpty();
    List<StateChange> changes = policy("p", Map.of("team", "shop"), Map.of());
    assertThat(guardedPods()).isEqualTo(Map.of("n-1", List.of(Cidr.parse("10.244.1.0/24"))));
    assertThat(((BindingChanged) changes.getLast()).id())
        .as("the guard comes last")
        .isEqualTo(new BindingId.ClusterNetworks());
    nowMillis += Selection.NETWORKS_INTERVAL_MILLIS;
    resource(ObjectId.node("n-2"), node(true, List.of("10.40.0.12"), List.of("10.244.2.0/24")));
    assertThat(guardedPods()).containsOnlyKeys("n-1", "n-2");
    resource(ObjectId.policy("p"), null);
    assertThat(guardedPods()).isEmpty();
  }

  @Test
  void podsOfAnEarlierVersionsStateAreClearedBitByBitBeforeTheyAreGuarded() {
    Selection earlier = new Selection();
    earlier.restore(
        new WorkloadObserved(
            ObjectId.namespace("n"), Optional.of(new Namespace(METADATA, Map.of()))));
    earlier.restore(
        new ResourceObserved(
            ObjectId.node("n-1"),
            Optional.of(node(true, List.of("10.40.0.11"), List.of("10.244.1.0/24")))));
    earlier.restore(
        new ResourceObserved(
            ObjectId.policy("p"),
            Optional.of(
                new Policy(
                    METADATA,
                    List.of(),
                    Policy.Action.SNAT,
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    false))));
    IpAddress ip = IpAddress.parse("10.244.1.0");
    for (int i = 0; i < 1_200; i++) {
      ip = ip.next();
      earlier.restore(
          new WorkloadObserved(
              ObjectId.pod("n", "pod-" + i),
              Optional.of(new Pod(METADATA, Map.of(), List.of(ip), "n-1", false, false))));
    }
    earlier.resume(7);
    for (int expected : List.of(500, 1_000)) {
      assertThat(earlier.nextDeadlineMillis()).isLessThan(nowMillis);
      earlier.tick(nowMillis);
      assertThat(earlier.state().bindings()).hasSize(expected);
    }
    List<AuditEntry> last = earlier.tick(nowMillis);
    assertThat(earlier.state().bindings()).hasSize(1_201);
    assertThat(((BindingChanged) last.getLast().changes().getLast()).id())
        .isEqualTo(new BindingId.ClusterNetworks());
    assertThat(earlier.nextDeadlineMillis()).isEqualTo(Selection.NO_DEADLINE);
  }

  private static Node node(boolean ready, List<String> addresses, List<String> podCidrs) {
    return new Node(METADATA, Map.of(), addresses, podCidrs, ready, false);
  }

  private List<Cidr> networks() {
    return selection
        .state()
        .networks()
        .map(binding -> ((Binding.ClusterNetworks) binding).networks())
        .orElse(List.of());
  }

  @Test
  void nodeAddressesAndPodNetworksAreInsideTheCluster() {
    resource(
        ObjectId.node("node-1"),
        node(true, List.of("10.40.0.11", "2001:db8::11"), List.of("10.244.1.0/24")));
    assertThat(networks())
        .containsExactly(
            Cidr.parse("10.40.0.11/32"),
            Cidr.parse("10.244.1.0/24"),
            Cidr.parse("2001:db8::11/128"));
    nowMillis += 1_000;
    resource(ObjectId.node("node-1"), null);
    assertThat(networks()).isEmpty();
  }

  @Test
  void nodesThatComeTogetherAreWrittenTogether() {
    for (int n = 1; n <= 50; n++) {
      resource(ObjectId.node("node-" + n), node(true, List.of("10.40.0." + n), List.of()));
    }
    assertThat(networks()).hasSize(1);
    assertThat(selection.nextDeadlineMillis()).isEqualTo(1_100);
    audit.addAll(selection.tick(1_100));
    assertThat(networks()).hasSize(50);
    assertThat(selection.nextDeadlineMillis()).isEqualTo(Selection.NO_DEADLINE);
  }

  @Test
  void aNodeThatBecomesReadyChangesNothingHere() {
    resource(ObjectId.node("n"), node(false, List.of("10.40.0.1"), List.of()));
    assertThat(resource(ObjectId.node("n"), node(true, List.of("10.40.0.1"), List.of()))).isEmpty();
  }

  @Test
  void anUnreadableNetworkOfANodeSpoilsNoOther() {
    resource(
        ObjectId.node("n"), node(true, List.of("nonsense", "10.40.0.1"), List.of("10.244.0.0/99")));
    assertThat(networks()).containsExactly(Cidr.parse("10.40.0.1/32"));
  }

  @Test
  void replayingTheAuditLogInAnyOrderGivesTheState() {
    Random random = new Random(42);
    for (int i = 0; i < 2_000; i++) {
      randomEvent(random);
      nowMillis += random.nextInt(50);
    }
    SortedMap<String, StateChange> last = new TreeMap<>();
    audit.forEach(entry -> entry.changes().forEach(change -> last.put(change.entity(), change)));
    List<StateChange> shuffled = new ArrayList<>(last.values());
    Collections.shuffle(shuffled, random);
    SelectionState replayed = new SelectionState();
    shuffled.forEach(replayed::apply);
    assertThat(replayed).isEqualTo(selection.state());
    assertBindingsAreWhatTheSelectorsSay(replayed);
  }

  private void randomEvent(Random random) {
    String namespace = "ns-" + random.nextInt(4);
    Map<String, String> labels = Map.of("l", "" + random.nextInt(3));
    switch (random.nextInt(6)) {
      case 0 -> policy("p-" + random.nextInt(5), labels, Map.of("l", "" + random.nextInt(3)));
      case 1 -> resource(ObjectId.policy("p-" + random.nextInt(5)), null);
      case 2 -> namespace(namespace, labels);
      case 3 -> pod(namespace, "pod-" + random.nextInt(10), null);
      case 4 -> take(new WorkloadRead(ObjectId.namespace(namespace), Optional.empty()));
      default ->
          pod(namespace, "pod-" + random.nextInt(10), podOf(labels, "10.0.0." + random.nextInt(9)));
    }
  }

  private static void assertBindingsAreWhatTheSelectorsSay(SelectionState state) {
    state
        .policies()
        .forEach((name, policy) -> {
          List<PodName> expected = new ArrayList<>();
          state
              .namespaces()
              .forEach((namespace, content) ->
                  state
                      .pods(namespace)
                      .forEach((pod, podContent) -> {
                        if (Matching.matches(policy, content, podContent)) {
                          expected.add(new PodName(namespace, pod));
                        }
                      }));
          assertThat(state.bindings(name).keySet()).containsExactlyElementsOf(expected);
        });
    for (PodName name : state.pods()) {
      Pod pod = state.pods(name.namespace()).get(name.name());
      boolean known = state.namespaces().containsKey(name.namespace());
      assertThat(state.clearance(name))
          .isEqualTo(known ? Optional.of(Matching.clearance(pod)) : Optional.empty());
    }
    assertThat(state.bindings().keySet().stream().filter(BindingId.OfClearance.class::isInstance))
        .hasSizeLessThanOrEqualTo(state.pods().size());
  }

  @Test
  void aLargeClusterLoadsInSeconds() {
    long started = System.nanoTime();
    for (int p = 0; p < 1_000; p++) {
      policy("p-" + p, Map.of("team", "" + p), Map.of("app", "web"));
    }
    for (int n = 0; n < 1_000; n++) {
      namespace("ns-" + n, Map.of("team", "" + n));
    }
    IpAddress ip = IpAddress.parse("10.0.0.0");
    for (int i = 0; i < 150_000; i++) {
      ip = ip.next();
      Pod pod =
          new Pod(
              METADATA, Map.of("app", i % 2 == 0 ? "web" : "db"), List.of(ip), "n", false, false);
      selection.on(
          new WorkloadRead(ObjectId.pod("ns-" + i % 1_000, "pod-" + i), Optional.of(pod)),
          Cause.tick(0),
          0);
    }
    assertThat(matchedPods("p-0")).hasValue(150);
    assertThat(selection.state().bindings("p-1")).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void factsOfAllocationAreNotAccepted() {
    assertThat(audit).isEmpty();
    List<StateChange> changes =
        List.of(
            new ResourceObserved(ObjectId.policy("p"), Optional.empty()),
            new WorkloadObserved(ObjectId.namespace("n"), Optional.<Workload>empty()));
    changes.forEach(selection::restore);
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> selection.restore(new StateChange.EgressChosen("p", List.of())))
        .withMessageContaining("allocation");
  }
}
