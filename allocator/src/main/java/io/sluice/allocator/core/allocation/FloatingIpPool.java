package io.sluice.allocator.core.allocation;

import io.sluice.model.AddressRange;
import io.sluice.model.Cidr;
import io.sluice.model.Gateway;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The floating IPs of all gateways, each with the one gateway it belongs to, and the entries that
 * were refused. A bad entry is refused alone.
 */
public final class FloatingIpPool {

  /** The most addresses of one gateway; more is a typing error, not a plan. */
  public static final int MAX_ADDRESSES = AddressRange.MAX_ADDRESSES;

  private final SortedMap<IpAddress, ObjectId> owners = new TreeMap<>();
  private final SortedMap<ObjectId, NavigableSet<IpAddress>> accepted = new TreeMap<>();
  private final SortedMap<ObjectId, List<Refusal>> refusals = new TreeMap<>();
  private final Map<IpAddress, String> nodesByAddress;
  private final SortedSet<Cidr> subnets;

  private FloatingIpPool(Map<IpAddress, String> nodesByAddress, SortedSet<Cidr> subnets) {
    this.nodesByAddress = nodesByAddress;
    this.subnets = subnets;
  }

  static FloatingIpPool of(AllocationState state) {
    SortedSet<Cidr> subnets = new TreeSet<>();
    Map<IpAddress, String> nodesByAddress = new HashMap<>();
    state
        .nodeNetworks()
        .forEach(
            (name, networks) -> networks.addresses().forEach(ip -> nodesByAddress.put(ip, name)));
    state
        .reports()
        .forEach((name, report) -> {
          for (InterfaceAddress own : report.nic().addresses()) {
            nodesByAddress.put(own.address(), name);
            subnets.add(own.subnet());
          }
        });
    FloatingIpPool pool = new FloatingIpPool(nodesByAddress, subnets);
    state.gateways().entrySet().stream()
        .sorted(OLDER_FIRST)
        .forEach(gateway -> pool.add(gateway.getKey(), gateway.getValue()));
    return pool;
  }

  private static final Comparator<Map.Entry<ObjectId, Gateway>> OLDER_FIRST =
      Comparator.comparingLong(
              (Map.Entry<ObjectId, Gateway> entry) -> entry.getValue().metadata().createdAtMillis())
          .thenComparing(Map.Entry::getKey);

  private void add(ObjectId id, Gateway gateway) {
    NavigableSet<IpAddress> own = new TreeSet<>();
    List<Refusal> refused = new ArrayList<>();
    for (int i = 0; i < gateway.floatingIps().size(); i++) {
      add(id, "spec.floatingIPs[" + i + "]", gateway.floatingIps().get(i), own, refused);
    }
    accepted.put(id, Collections.unmodifiableNavigableSet(own));
    refusals.put(id, List.copyOf(refused));
  }

  private void add(
      ObjectId id, String field, String text, NavigableSet<IpAddress> own, List<Refusal> refused) {
    List<IpAddress> addresses;
    try {
      addresses = AddressRange.parse(text).addresses();
    } catch (IllegalArgumentException e) {
      refused.add(
          new Refusal(
              field,
              "InvalidFloatingIP",
              e.getMessage() + "; give an address, a range a-b or a network a/n"));
      return;
    }
    if (own.size() + addresses.size() > MAX_ADDRESSES) {
      refused.add(
          new Refusal(
              field,
              "TooManyFloatingIPs",
              "with \"%s\" the gateway would have more than %,d addresses; split it"
                  .formatted(text, MAX_ADDRESSES)));
      return;
    }
    Refused ofNodes = new Refused();
    Refused ofOthers = new Refused();
    for (IpAddress ip : addresses) {
      ObjectId owner = owners.get(ip);
      if (nodesByAddress.containsKey(ip)) {
        ofNodes.add(ip);
      } else if (owner != null && !owner.equals(id)) {
        ofOthers.add(ip);
      } else {
        owners.put(ip, id);
        own.add(ip);
      }
    }
    if (ofNodes.count > 0) {
      refused.add(
          new Refusal(
              field,
              "FloatingIPIsNodeAddress",
              "%s is an address of node %s itself; choose an address that no machine has"
                  .formatted(ofNodes, nodesByAddress.get(ofNodes.first))));
    }
    if (ofOthers.count > 0) {
      refused.add(
          new Refusal(
              field,
              "FloatingIPInUse",
              "%s belongs to %s, which is older; remove it from one of the two"
                  .formatted(ofOthers, owners.get(ofOthers.first))));
    }
  }

  /** The refused addresses of one entry: a range may have thousands. */
  private static final class Refused {
    private IpAddress first;
    private int count;

    private void add(IpAddress ip) {
      first = first == null ? ip : first;
      count++;
    }

    @Override
    public String toString() {
      return count == 1 ? first.toString() : first + " (and " + (count - 1) + " more)";
    }
  }

  /** Every accepted address and the gateway it belongs to. */
  public SortedMap<IpAddress, ObjectId> owners() {
    return Collections.unmodifiableSortedMap(owners);
  }

  /** The accepted addresses of a gateway; none if there is no such gateway. */
  public NavigableSet<IpAddress> addresses(ObjectId gateway) {
    return accepted.getOrDefault(gateway, Collections.emptyNavigableSet());
  }

  /** What of a gateway's specification was refused. */
  public List<Refusal> refusals(ObjectId gateway) {
    return refusals.getOrDefault(gateway, List.of());
  }

  /** The subnets of all nodes that have reported. */
  public SortedSet<Cidr> subnets() {
    return Collections.unmodifiableSortedSet(subnets);
  }

  /** Whether some node that has reported reaches the address directly. */
  public boolean inSomeSubnet(IpAddress ip) {
    return subnets.stream().anyMatch(subnet -> subnet.contains(ip));
  }
}
