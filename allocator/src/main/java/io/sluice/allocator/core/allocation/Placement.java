package io.sluice.allocator.core.allocation;

import io.sluice.model.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses among nodes that may all carry an address: the one with the fewest, and of equals the one
 * with the highest rendezvous weight, so that the same log gives the same result everywhere.
 */
final class Placement {

  private final Map<String, Integer> loads = new HashMap<>();

  /** One more address on the node. */
  void add(String node) {
    loads.merge(node, 1, Integer::sum);
  }

  /** How many addresses the node carries. */
  int load(String node) {
    return loads.getOrDefault(node, 0);
  }

  /** The node for the address; empty if there is no candidate. */
  Optional<String> choose(IpAddress ip, Collection<String> candidates) {
    int least = candidates.stream().mapToInt(this::load).min().orElse(0);
    return candidates.stream()
        .filter(node -> load(node) == least)
        .map(node -> new Weighted(node, weight(ip, node)))
        .min(
            Comparator.comparing(Weighted::weight, Comparator.reverseOrder())
                .thenComparing(Weighted::node))
        .map(Weighted::node);
  }

  /** A node with its weight for an address, which is worked out only once. */
  private record Weighted(String node, long weight) {}

  /**
   * The weight of a node for an address: 64-bit FNV-1a over the UTF-8 bytes of {@code
   * address|node}, mixed with the finalizer of MurmurHash3. Part of the protocol between instances
   * and versions: never change it.
   *
   * @see <a href="http://www.isthe.com/chongo/tech/comp/fnv/">FNV hash</a>
   */
  static long weight(IpAddress ip, String node) {
    long hash = 0xcbf29ce484222325L;
    for (byte octet : (ip + "|" + node).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
