package io.sluice.agent.core;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The numbers that an earlier life of the agent gave, as far as the kernel still tells. An agent
 * that starts again with the same numbers finds next to nothing to change.
 */
final class RememberedNumbers {

  static final RememberedNumbers NONE = new RememberedNumbers(KernelTables.EMPTY);

  private final KernelTables observed;
  private final Map<IpAddress, Integer> egress = new HashMap<>();
  private final Map<NextHop, Integer> routes = new HashMap<>();

  RememberedNumbers(KernelTables observed) {
    this.observed = observed;
    observed.snat().forEach((index, floatingIp) -> egress.putIfAbsent(floatingIp, index));
    observed.routes().forEach((index, nextHop) -> routes.putIfAbsent(nextHop, index));
  }

  /** The class that a Pod's address was in. */
  OptionalInt podClass(IpAddress podIp) {
    return optional(observed.podClasses().get(podIp));
  }

  /** The route to this holder. */
  OptionalInt route(NextHop nextHop) {
    return optional(routes.get(nextHop));
  }

  /** The index of a floating IP that was held here. */
  OptionalInt egress(IpAddress floatingIp) {
    return optional(egress.get(floatingIp));
  }

  /**
   * The index with which packets of a class left to a destination. A more specific destination may
   * have hidden it; a wrong guess costs a larger change, not a wrong one.
   */
  OptionalInt egress(int classNumber, Cidr destination) {
    PodClass known = observed.classes().get(classNumber);
    if (known == null
        || !(known.verdict(destination.first()).orElse(null) instanceof Verdict.Egress(int i))) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(i);
  }

  private static OptionalInt optional(Integer number) {
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }
}
