package io.sluice.agent.core;

import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Short words for the values that tests are made of. */
public final class Given {

  public static final Optional<ObjectId> GATEWAY =
      Optional.of(new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default"));

  /** The interface of node-1: 10.40.0.11/16 and fd00:40::11/64. */
  public static final Nic NIC =
      new Nic("eth0", "02:00:00:00:00:11", addresses("10.40.0.11/16", "fd00:40::11/64"));

  private Given() {}

  public static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  public static SortedSet<IpAddress> ips(String... texts) {
    return Arrays.stream(texts)
        .map(IpAddress::parse)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  public static List<InterfaceAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(InterfaceAddress::parse).toList();
  }

  /** A node of the local segment: node-N has 10.40.0.(10+N)/16. */
  public static Holder holder(int node, long session) {
    return new Holder("node-" + node, session, addresses("10.40.0.%d/16".formatted(10 + node)));
  }

  public static Assignment granted(Holder holder, long epoch) {
    return assignment(Assignment.State.GRANTED, Optional.of(holder), epoch, LeaseMode.AVAILABLE);
  }

  public static Assignment strict(Holder holder, long epoch) {
    return assignment(Assignment.State.GRANTED, Optional.of(holder), epoch, LeaseMode.STRICT);
  }

  /** Granted, with a successor that is to get ready. */
  public static Assignment moving(Holder holder, Holder successor, long epoch) {
    return move(Assignment.State.GRANTED, holder, successor, epoch, LeaseMode.AVAILABLE);
  }

  /** The same for an address that must never have two holders. */
  public static Assignment strictMoving(Holder holder, Holder successor, long epoch) {
    return move(Assignment.State.GRANTED, holder, successor, epoch, LeaseMode.STRICT);
  }

  /** The holder is asked to let go, for a successor that was to get ready. */
  public static Assignment handingOver(Holder holder, Holder successor, long epoch) {
    return move(Assignment.State.RELEASING, holder, successor, epoch, LeaseMode.AVAILABLE);
  }

  private static Assignment move(
      Assignment.State state, Holder holder, Holder successor, long epoch, LeaseMode mode) {
    return new Assignment(
        state,
        Optional.of(holder),
        epoch,
        GATEWAY,
        mode,
        epoch,
        "for a test",
        Optional.of(successor));
  }

  public static Assignment releasing(Holder holder, long epoch) {
    return assignment(Assignment.State.RELEASING, Optional.of(holder), epoch, LeaseMode.AVAILABLE);
  }

  public static Assignment unassigned(long epoch) {
    return assignment(Assignment.State.UNASSIGNED, Optional.empty(), epoch, LeaseMode.AVAILABLE);
  }

  private static Assignment assignment(
      Assignment.State state, Optional<Holder> holder, long epoch, LeaseMode mode) {
    return new Assignment(state, holder, epoch, GATEWAY, mode, epoch, "for a test");
  }

  public static BindingId.OfPolicy policyId(String name) {
    return new BindingId.OfPolicy(name);
  }

  public static BindingId.OfPod podId(String policy, String pod) {
    return new BindingId.OfPod(policy, "shop", pod);
  }

  public static Binding.OfPolicy snat(long createdAt, String destination, String... egressIps) {
    return new Binding.OfPolicy(
        createdAt,
        Policy.Action.SNAT,
        List.of(Cidr.parse(destination)),
        Arrays.stream(egressIps).map(IpAddress::parse).toList());
  }

  public static Binding.OfPolicy noSnat(long createdAt, String destination) {
    return new Binding.OfPolicy(
        createdAt, Policy.Action.NO_SNAT, List.of(Cidr.parse(destination)), List.of());
  }

  public static Binding.OfPod pod(String... podIps) {
    return new Binding.OfPod(Arrays.stream(podIps).map(IpAddress::parse).toList(), "node-1");
  }

  public static BindingId.OfClearance clearanceId(String pod) {
    return new BindingId.OfClearance("shop", pod);
  }

  public static Binding.Clearance clearance(String node, String... podIps) {
    return new Binding.Clearance(Arrays.stream(podIps).map(IpAddress::parse).toList(), node);
  }

  /** The cluster's networks; Pods of node-N have 10.244.N.0/24, and are guarded. */
  public static Binding.ClusterNetworks guarded(int nodes) {
    SortedMap<String, List<Cidr>> guardedPods = new TreeMap<>();
    for (int n = 1; n <= nodes; n++) {
      guardedPods.put("node-" + n, List.of(Cidr.parse("10.244.%d.0/24".formatted(n))));
    }
    return new Binding.ClusterNetworks(List.of(Cidr.parse("10.244.0.0/16")), guardedPods);
  }
}
