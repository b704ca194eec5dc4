package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The fixed part of the data plane: the texts of {@code sluice.nft} and {@code fence.nft} with
 * their values filled in.
 */
final class RuleSet {

  private static final String TABLES = "sluice.nft";
  private static final String FENCE = "fence.nft";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$([a-z_]+)");

  private static final Map<String, String> VALUES =
      Map.ofEntries(
          mark("kind_mask", Marks.KIND_MASK),
          mark("place_mask", Marks.PLACE_MASK),
          mark("route_mask", Marks.ROUTE_MASK),
          mark("class_mark", Marks.CLASS),
          mark("egress_mark", Marks.EGRESS),
          mark("remote_mark", Marks.EGRESS | Marks.REMOTE),
          mark("waiting_mark", Marks.ofNextHop(KernelTables.HELD_BACK)),
          Map.entry("waiting_entrance", '"' + WaitingDevice.ENTRANCE + '"'),
          Map.entry("waiting_exit", '"' + WaitingDevice.EXIT + '"'),
          mark("keep_mark", Marks.KEEP_POD_ADDRESS),
          mark("drop_mark", Marks.DROP),
          mark("shard_mask", NftSet.SHARDS - 1),
          Map.entry("zone", Integer.toString(Ownership.ZONE)),
          Map.entry(
              "destination_maps",
              eachShard(
                  "\n",
                  shard ->
                      """
                      map destination_v4_%1$d { type mark . ipv4_addr : mark; flags interval; }
                      map destination_v6_%1$d { type mark . ipv6_addr : mark; flags interval; }
                      """
                          .formatted(shard))),
          Map.entry(
              "destination_chains",
              eachShard("\n", shard -> "chain destination_%d { }".formatted(shard))),
          Map.entry(
              "destination_rules",
              eachShard(
                  "\n",
                  shard ->
                      """
                      chain destination_%1$d {
                        meta mark set meta mark . ip daddr map @destination_v4_%1$d
                        meta mark set meta mark . ip6 daddr map @destination_v6_%1$d
                      }
                      """
                          .formatted(shard))),
          Map.entry(
              "destination_dispatch",
              eachShard(", ", shard -> "%1$d : jump destination_%1$d".formatted(shard))));

  /** The counters of what waits; all others are of what was dropped. */
  static final Set<String> WAITING_COUNTERS = Set.of("began_to_wait", "let_out");

  /** A command behind those that put the rules in place: nothing is sent with a floating IP. */
  static final String PAUSE =
      "insert rule inet %s departs_here counter name foreign_source drop%n"
          .formatted(Ownership.TABLE);

  private RuleSet() {}

  private static Map.Entry<String, String> mark(String name, int value) {
    return Map.entry(name, "0x%08x".formatted(value));
  }

  private static String eachShard(String separator, IntFunction<String> text) {
    return IntStream.range(0, NftSet.SHARDS)
        .mapToObj(text)
        .map(String::strip)
        .collect(Collectors.joining(separator));
  }

  /**
   * Commands that put the rules in place, whatever is there, and the fence at this network
   * interface, and keep all elements.
   */
  static String install(String nic, String tunnel) {
    Map<String, String> devices = Map.of("nic", nic, "tunnel", tunnel);
    return PLACEHOLDER
        .matcher(text(TABLES) + text(FENCE))
        .replaceAll(found ->
            devices.containsKey(found.group(1))
                ? '"' + devices.get(found.group(1)) + '"'
                : value(found.group(1)));
  }

  private static String value(String name) {
    return Optional.ofNullable(VALUES.get(name))
        .orElseThrow(() -> new IllegalStateException("$" + name + " means nothing"));
  }

  /** Commands that take our tables away, whether they are there or not. */
  static String remove() {
    return """
    add table inet %1$s
    delete table inet %1$s
    add table netdev %1$s
    delete table netdev %1$s
    add table arp %1$s
    delete table arp %1$s
    """
        .formatted(Ownership.TABLE);
  }

  private static String text(String resource) {
    try (InputStream in = RuleSet.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
