package io.sluice.allocator.core;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The addresses of a node and of its Pods, read from their texts.
 *
 * @param addresses the node's own addresses
 * @param podCidrs where its Pods get addresses from
 * @param problems the texts that are neither, each with what is wrong with it
 */
public record NodeNetworks(List<IpAddress> addresses, List<Cidr> podCidrs, List<String> problems) {

  /** Those of a node that could not be understood. */
  public static final NodeNetworks NONE = new NodeNetworks(List.of(), List.of(), List.of());

  public NodeNetworks {
    addresses = List.copyOf(addresses);
    podCidrs = List.copyOf(podCidrs);
    problems = List.copyOf(problems);
  }

  /** Reads a node; a text that cannot be read is a problem and spoils no other. */
  public static NodeNetworks of(Node node) {
    List<String> problems = new ArrayList<>();
    return new NodeNetworks(
        readable(node.addresses(), IpAddress::parse, problems),
        readable(node.podCidrs(), Cidr::parse, problems),
        problems);
  }

  private static <T> List<T> readable(
      List<String> texts, Function<String, T> parser, List<String> problems) {
    List<T> read = new ArrayList<>();
    for (String text : texts) {
      try {
        read.add(parser.apply(text));
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    return read;
  }
}
