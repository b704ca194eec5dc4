package io.sluice.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The network interface of the default route: usually the one that carries floating IPs. The kernel
 * lists routes in {@code /proc/net/route} and {@code /proc/net/ipv6_route} (proc(5)).
 */
final class DefaultInterface {

  private static final Path IPV4 = Path.of("/proc/self/net/route");
  private static final Path IPV6 = Path.of("/proc/self/net/ipv6_route");

  private record DefaultRoute(String device, long metric) {}

  private DefaultInterface() {}

  /** Of IPv4, or of IPv6 if there is none. */
  static Optional<String> find() {
    return ofIpv4(lines(IPV4)).or(() -> ofIpv6(lines(IPV6)));
  }

  /** Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT. */
  static Optional<String> ofIpv4(List<String> lines) {
    return best(
        lines.stream()
            .skip(1)
            .map(line -> line.strip().split("\\s+"))
            .filter(columns -> columns.length > 7)
            .filter(columns -> isZero(columns[1]) && isZero(columns[7]) && isUp(columns[3]))
            .map(columns -> new DefaultRoute(columns[0], Long.parseLong(columns[6])))
            .toList());
  }

  /** Columns: destination, its prefix, source, its prefix, next hop, metric, …, flags, device. */
  static Optional<String> ofIpv6(List<String> lines) {
    return best(
        lines.stream()
            .map(line -> line.strip().split("\\s+"))
            .filter(columns -> columns.length > 9)
            .filter(columns -> isZero(columns[0]) && isZero(columns[1]) && isUp(columns[8]))
            .filter(columns -> !columns[9].equals("lo"))
            .map(columns -> new DefaultRoute(columns[9], Long.parseLong(columns[5], 16)))
            .toList());
  }

  private static Optional<String> best(List<DefaultRoute> routes) {
    return routes.stream()
        .min(Comparator.comparingLong(DefaultRoute::metric))
        .map(DefaultRoute::device);
  }

  private static boolean isZero(String hexadecimal) {
    return hexadecimal.chars().allMatch(digit -> digit == '0');
  }

  private static boolean isUp(String flags) {
    return (Long.parseLong(flags, 16) & 1) != 0;
  }

  private static List<String> lines(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
