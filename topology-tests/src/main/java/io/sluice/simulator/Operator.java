package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** People who change the cluster, and the watcher that writes down what they do. */
final class Operator {

  private static final ObjectId AVAILABLE =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final ObjectId STRICT =
      new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "kube-system", "strict");
  private static final String DRAIN = "networking.sluice.io/drain";
  private static final String EXCLUDE = "networking.sluice.io/exclude-gateway";

  private final World world;
  private final Dice dice;
  private final List<SimulatedNode> nodes;
  private final List<String> availableIps;
  private final List<String> strictIps;
  private final Link toKafka;
  private long generation;

  Operator(
      World world,
      Dice dice,
      List<SimulatedNode> nodes,
      List<String> availableIps,
      List<String> strictIps) {
    this.world = world;
    this.dice = dice;
    this.nodes = nodes;
    this.availableIps = availableIps;
    this.strictIps = strictIps;
    this.toKafka = new Link(world.timeline(), world.dice(), world.kafka()::isUp, Long.MAX_VALUE);
  }

  void reconnect() {
    toKafka.reconnect();
  }

  /** Sets the cluster up, or right again. */
  void setUp() {
    nodes.forEach(node -> node(node, Map.of(), true));
    gateway(AVAILABLE, availableIps, Failback.GRADUAL, LeaseMode.AVAILABLE);
    gateway(STRICT, strictIps, Failback.GRADUAL, LeaseMode.STRICT);
  }

  /** Policies and Pods; selection is not part of the simulation, so its bindings just are there. */
  void setUpWorkloads() {
    policy(1);
    policy(2);
    world
        .kafka()
        .decide(
            new Input.BindingRead(
                new BindingId.ClusterNetworks(),
                Optional.of(
                    new Binding.ClusterNetworks(
                        List.of(Cidr.parse("10.40.0.0/24"), Cidr.parse("10.244.0.0/16"))))));
    for (int pod = 1; pod <= 4; pod++) {
      bindPod(pod);
    }
  }

  private void bindPod(int pod) {
    Binding.OfPod binding =
        new Binding.OfPod(
            List.of(IpAddress.parse("10.244.%d.%d".formatted(pod, 5 + dice.between(0, 3)))),
            "node-" + pod);
    world
        .kafka()
        .decide(
            new Input.BindingRead(
                new BindingId.OfPod("policy-" + (1 + pod % 3), "team", "pod-" + pod),
                Optional.of(binding)));
  }

  /** Changes something; returns what. */
  String change() {
    SimulatedNode node = dice.pick(nodes);
    return switch (dice.between(0, 12)) {
      case 0, 1, 2 -> node(node, Map.of(DRAIN, "true"), true);
      case 3 -> node(node, Map.of(EXCLUDE, "true"), true);
      case 4 -> node(node, Map.of(), false);
      case 5, 6 -> node(node, Map.of(), true);
      case 7 -> {
        publish(ObjectId.node(node.name()), Optional.empty());
        yield "deletes " + node.name();
      }
      case 8 -> gateway(AVAILABLE, some(availableIps), failback(), mode());
      case 9 -> gateway(STRICT, some(strictIps), failback(), mode());
      case 10 -> policy(dice.between(1, 4));
      default -> {
        bindPod(dice.between(1, 5));
        yield "replaces a Pod";
      }
    };
  }

  /** Has a node drained. */
  String drain(SimulatedNode node) {
    return node(node, Map.of(DRAIN, "true"), true);
  }

  private String node(SimulatedNode node, Map<String, String> labels, boolean ready) {
    publish(
        ObjectId.node(node.name()),
        Optional.of(
            new Node(
                metadata(),
                labels,
                List.of(node.nic().addresses().getFirst().address().toString()),
                List.of(),
                ready,
                false)));
    return "%s is %s, labels %s".formatted(node.name(), ready ? "ready" : "not ready", labels);
  }

  private String gateway(ObjectId id, List<String> ips, Failback failback, LeaseMode mode) {
    publish(id, Optional.of(new Gateway(metadata(), ips, Optional.empty(), failback, mode)));
    return "%s: %s, failback %s, mode %s".formatted(id, ips, failback, mode);
  }

  private String policy(int number) {
    ObjectId id = ObjectId.policy("policy-" + number);
    if (generation > 20 && dice.chance(0.3)) {
      publish(id, Optional.empty());
      return "deletes " + id;
    }
    Optional<String> ip =
        dice.chance(0.5)
            ? Optional.of(dice.pick(dice.chance(0.5) ? availableIps : strictIps))
            : Optional.empty();
    publish(
        id,
        Optional.of(
            new Policy(
                metadata(),
                List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
                Policy.Action.SNAT,
                List.of("203.0.113.0/24"),
                ip,
                Optional.empty(),
                false)));
    return id + " asks for " + ip.orElse("any address");
  }

  private List<String> some(List<String> ips) {
    List<String> chosen = new ArrayList<>(ips);
    chosen.remove(dice.between(0, chosen.size()));
    return chosen;
  }

  private Failback failback() {
    return dice.chance(0.3) ? Failback.NEVER : Failback.GRADUAL;
  }

  private LeaseMode mode() {
    return dice.chance(0.5) ? LeaseMode.STRICT : LeaseMode.AVAILABLE;
  }

  private Metadata metadata() {
    generation++;
    return new Metadata("uid", "" + generation, generation, generation);
  }

  private void publish(ObjectId id, Optional<Resource> resource) {
    AllocationInput read = new AllocationInput.ResourceRead(id, resource);
    toKafka.send(() -> world.kafka().append(InputTopic.RESOURCES, read), () -> {});
  }
}
