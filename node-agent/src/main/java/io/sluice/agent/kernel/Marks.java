package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.Verdict;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the packet mark says on its way through the rules of {@code sluice.nft}.
 *
 * <pre>
 * 0x6nnnnnnn  the packet is from a Pod of class n
 * 0x5000eeee  it leaves through egress index e; with a route looked up: from this node
 * 0x5rrreeee  with bit 0x08000000: it goes to the holder behind route index r (11 bits)
 * 0x5800eeee  nobody holds its floating IP
 * 0x5fffeeee  it waits here until its floating IP has been granted to this node
 * 0x70000000  it leaves with the Pod's own address
 * 0x71000000  it is dropped
 * </pre>
 */
final class Marks {

  /** The bits that tell the kinds apart. */
  static final int KIND_MASK = 0xF000_0000;

  static final int CLASS = 0x6000_0000;
  static final int EGRESS = 0x5000_0000;
  static final int KEEP_POD_ADDRESS = 0x7000_0000;
  static final int DROP = 0x7100_0000;

  /** Set if the floating IP is held elsewhere, or nowhere. */
  static final int REMOTE = 0x0800_0000;

  /** The bits that lead a packet to its next hop. */
  static final int ROUTE_MASK = 0xFFFF_0000;

  /** The bits that tell leaving here from leaving elsewhere. */
  static final int PLACE_MASK = KIND_MASK | REMOTE;

  private static final int ROUTE_SHIFT = 16;
  private static final int EGRESS_INDEX_MASK = 0xFFFF;

  private Marks() {}

  static int ofClass(int number) {
    return CLASS | number;
  }

  static OptionalInt classNumber(int mark) {
    return (mark & KIND_MASK) == CLASS
        ? OptionalInt.of(mark & KernelTables.MAX_CLASS)
        : OptionalInt.empty();
  }

  static int ofVerdict(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Egress(int index) -> ofEgress(index);
      case Verdict.KeepPodAddress() -> KEEP_POD_ADDRESS;
      case Verdict.Drop() -> DROP;
    };
  }

  static Optional<Verdict> verdict(int mark) {
    return switch (mark) {
      case KEEP_POD_ADDRESS -> Optional.of(new Verdict.KeepPodAddress());
      case DROP -> Optional.of(new Verdict.Drop());
      default -> {
        OptionalInt index = egressIndex(mark);
        yield index.isPresent()
            ? Optional.of(new Verdict.Egress(index.getAsInt()))
            : Optional.empty();
      }
    };
  }

  static int ofEgress(int index) {
    return EGRESS | index;
  }

  /** The index, if the mark is one before its route is looked up, or leaves from here. */
  static OptionalInt egressIndex(int mark) {
    boolean plain = (mark & ROUTE_MASK) == EGRESS && (mark & EGRESS_INDEX_MASK) != 0;
    return plain ? OptionalInt.of(mark & EGRESS_INDEX_MASK) : OptionalInt.empty();
  }

  /** The mark a packet carries through routing. */
  static int ofRoute(int egressIndex, int route) {
    return switch (route) {
      case KernelTables.HELD_HERE -> ofEgress(egressIndex);
      case KernelTables.NOWHERE -> ofNextHop(0) | egressIndex;
      default -> ofNextHop(route) | egressIndex;
    };
  }

  /** What all packets to one next hop have in the bits of {@link #ROUTE_MASK}. */
  static int ofNextHop(int route) {
    return EGRESS | REMOTE | route << ROUTE_SHIFT;
  }

  /** The route of a mark made by {@link #ofRoute} for this egress index. */
  static OptionalInt route(int egressIndex, int mark) {
    if (mark == ofEgress(egressIndex)) {
      return OptionalInt.of(KernelTables.HELD_HERE);
    }
    int route = nextHop(mark & ROUTE_MASK).orElse(-1);
    if (route < 0 || (mark & EGRESS_INDEX_MASK) != egressIndex) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(route == 0 ? KernelTables.NOWHERE : route);
  }

  /** The inverse of {@link #ofNextHop}. */
  static OptionalInt nextHop(int mark) {
    return (mark & PLACE_MASK) == (EGRESS | REMOTE) && (mark & EGRESS_INDEX_MASK) == 0
        ? OptionalInt.of((mark & ~PLACE_MASK) >>> ROUTE_SHIFT)
        : OptionalInt.empty();
  }
}
