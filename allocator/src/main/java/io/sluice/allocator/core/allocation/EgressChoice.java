package io.sluice.allocator.core.allocation;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Policy.GatewayRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gives every policy its egress IPs. Older policies (creation time, then name) come first: what
 * they have nobody younger gets, unless both say they share. A policy that names no address keeps
 * the one that was chosen for it as long as that is valid.
 */
final class EgressChoice {

  private static final GatewayRef USUAL_GATEWAY = new GatewayRef("kube-system", "default");

  private final AllocationState state;
  private final FloatingIpPool pool;

  /** Who has an address by now; of several that share it, the eldest. */
  private final Map<IpAddress, String> holders = new HashMap<>();

  /** Addresses that policies name or have been given: no choice falls upon them. */
  private final Set<IpAddress> spokenFor = new HashSet<>();

  private EgressChoice(AllocationState state) {
    this.state = state;
    this.pool = state.pool();
  }

  /** What each policy gets, by name. */
  static SortedMap<String, PolicyOutcome> choose(AllocationState state) {
    return new EgressChoice(state).outcomes();
  }

  private SortedMap<String, PolicyOutcome> outcomes() {
    state
        .policies()
        .forEach((name, policy) -> {
          PolicyReading reading = state.readings().get(name);
          if (policy.action() == Policy.Action.SNAT) {
            reading.egressSourceIp().ifPresent(spokenFor::add);
            if (policy.egressSourceIp().isEmpty()) {
              spokenFor.addAll(state.egressIps().getOrDefault(name, List.of()));
            }
          }
        });
    SortedMap<String, PolicyOutcome> outcomes = new TreeMap<>();
    state.policies().entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Policy> entry) ->
                    entry.getValue().metadata().createdAtMillis())
                .thenComparing(Map.Entry::getKey))
        .forEach(entry -> outcomes.put(entry.getKey(), outcome(entry.getKey(), entry.getValue())));
    return outcomes;
  }

  private PolicyOutcome outcome(String name, Policy policy) {
    PolicyReading reading = state.readings().get(name);
    return switch (policy.action()) {
      case NO_SNAT -> result(policy, reading, Optional.empty(), List.of(), Optional.empty());
      case SNAT -> {
        if (reading.badEgressSourceIp().isPresent()) {
          yield result(policy, reading, Optional.empty(), List.of(), reading.badEgressSourceIp());
        }
        Optional<ObjectId> gateway = gatewayOf(policy, reading);
        if (gateway.isEmpty()) {
          yield result(policy, reading, gateway, List.of(), Optional.of(unknownGateway(policy)));
        }
        yield reading.egressSourceIp().isPresent()
            ? named(name, policy, reading, gateway.get(), reading.egressSourceIp().get())
            : chosen(name, policy, reading, gateway.get());
      }
    };
  }

  private static PolicyOutcome result(
      Policy policy,
      PolicyReading reading,
      Optional<ObjectId> gateway,
      List<IpAddress> egressIps,
      Optional<Refusal> refusal) {
    return new PolicyOutcome(
        policy, reading.destinations(), reading.badDestinations(), gateway, egressIps, refusal);
  }

  private Optional<ObjectId> gatewayOf(Policy policy, PolicyReading reading) {
    Optional<ObjectId> owner = reading.egressSourceIp().map(ip -> pool.owners().get(ip));
    if (policy.gatewayRef().isEmpty() && owner.isPresent()) {
      return owner;
    }
    List<ObjectId> named = gateways(policy.gatewayRef().orElse(USUAL_GATEWAY));
    return owner.filter(named::contains).or(() -> named.stream().findFirst());
  }

  /** The gateways of both kinds with this name. */
  private List<ObjectId> gateways(GatewayRef ref) {
    if (ref.namespace().isEmpty() || ref.name().isEmpty()) {
      return List.of();
    }
    return Stream.of(Kind.ANTHOS_NETWORK_GATEWAY, Kind.NETWORK_GATEWAY_GROUP)
        .map(kind -> new ObjectId(kind, ref.namespace(), ref.name()))
        .filter(gateway -> state.gateways().containsKey(gateway))
        .toList();
  }

  private Refusal unknownGateway(Policy policy) {
    boolean named = policy.gatewayRef().isPresent();
    GatewayRef ref = policy.gatewayRef().orElse(USUAL_GATEWAY);
    Optional<String> unlisted = named ? Optional.empty() : policy.egressSourceIp();
    return new Refusal(
        unlisted.isPresent() ? "spec.egressSourceIP" : "spec.gatewayRef",
        "UnknownGateway",
        "%sthere is no usable gateway %s/%s%s"
            .formatted(
                unlisted.map(ip -> "no gateway lists " + ip + ", and ").orElse(""),
                ref.namespace(),
                ref.name(),
                wayOut(named)));
  }

  private String wayOut(boolean named) {
    Set<ObjectId> gateways = state.gateways().keySet();
    if (gateways.isEmpty()) {
      return ", nor any other: make one of that name, with free addresses of the nodes' subnet in"
          + " its spec.floatingIPs";
    }
    return (named ? "; there are: " : "; name one of: ") + Reasons.list(gateways);
  }

  private PolicyOutcome named(
      String name, Policy policy, PolicyReading reading, ObjectId gateway, IpAddress ip) {
    if (!pool.addresses(gateway).contains(ip)) {
      Refusal refusal =
          new Refusal(
              "spec.egressSourceIP",
              "NotAFloatingIP",
              "%s is not a floating IP of %s, which has: %s"
                  .formatted(ip, gateway, Reasons.list(pool.addresses(gateway))));
      return result(policy, reading, Optional.of(gateway), List.of(), Optional.of(refusal));
    }
    String holder = holders.get(ip);
    if (holder != null
        && !(policy.shareEgressIp() && state.policies().get(holder).shareEgressIp())) {
      Refusal refusal =
          new Refusal(
              "spec.egressSourceIP",
              "EgressIPInUse",
              "%s is used by policy %s, which is older; free are: %s; or let both share it"
                  .formatted(ip, holder, Reasons.list(free(gateway))));
      return result(policy, reading, Optional.of(gateway), List.of(), Optional.of(refusal));
    }
    holders.putIfAbsent(ip, name);
    return result(policy, reading, Optional.of(gateway), List.of(ip), Optional.empty());
  }

  private PolicyOutcome chosen(
      String name, Policy policy, PolicyReading reading, ObjectId gateway) {
    List<IpAddress> egressIps = new ArrayList<>();
    for (IpFamily family : reading.families()) {
      kept(name, gateway, family)
          .or(() -> unused(gateway, family))
          .ifPresent(ip -> {
            holders.put(ip, name);
            spokenFor.add(ip);
            egressIps.add(ip);
          });
    }
    boolean none = egressIps.isEmpty() && !reading.families().isEmpty();
    return result(
        policy,
        reading,
        Optional.of(gateway),
        egressIps,
        none ? Optional.of(noneFree(reading, gateway)) : Optional.empty());
  }

  private Optional<IpAddress> kept(String name, ObjectId gateway, IpFamily family) {
    return state.egressIps().getOrDefault(name, List.of()).stream()
        .filter(ip -> ip.family() == family)
        .filter(ip -> pool.addresses(gateway).contains(ip) && !holders.containsKey(ip))
        .findFirst();
  }

  /** The lowest free one that some node reaches, else the lowest free one. */
  private Optional<IpAddress> unused(ObjectId gateway, IpFamily family) {
    List<IpAddress> free = free(gateway).stream().filter(ip -> ip.family() == family).toList();
    return free.stream().filter(pool::inSomeSubnet).findFirst().or(() -> free.stream().findFirst());
  }

  private List<IpAddress> free(ObjectId gateway) {
    return pool.addresses(gateway).stream()
        .filter(ip -> !holders.containsKey(ip) && !spokenFor.contains(ip))
        .toList();
  }

  private Refusal noneFree(PolicyReading reading, ObjectId gateway) {
    NavigableSet<IpAddress> all = pool.addresses(gateway);
    List<IpAddress> usable =
        all.stream().filter(ip -> reading.families().contains(ip.family())).toList();
    String message =
        usable.isEmpty()
            ? "%s has no floating IP of the family of the destinations (%s); add one to it"
                .formatted(gateway, Reasons.list(reading.families()))
            : "all %d floating IPs of %s are used by other policies; add one to it, or share one"
                .formatted(usable.size(), gateway);
    return new Refusal("spec.egressSourceIP", "NoFreeFloatingIP", message);
  }
}
