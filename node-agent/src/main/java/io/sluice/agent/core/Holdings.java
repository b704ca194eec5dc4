package io.sluice.agent.core;

import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which floating IPs this node is to hold, and what it says of those it was told of.
 *
 * <p>An address is held if its newest assignment grants it to this node and this session. One
 * exception lets a restart, or the end of strict grants, pass without harm to others: an address
 * that was held when the session began is carried over, as long as its newest assignment is the
 * {@code AVAILABLE} grant to a former session of this node. The allocator replaces it by a grant to
 * the new session at once, or by one to another node.
 */
public final class Holdings {

  private final String node;
  private final SortedSet<IpAddress> carriedOver = new TreeSet<>();
  private final SortedMap<IpAddress, Applied> reported = new TreeMap<>();

  /** Of this node. */
  public Holdings(String node) {
    this.node = node;
  }

  /** A session begins; of the addresses held now, these alone may outlive the former one. */
  public void carryOver(Collection<IpAddress> held) {
    carriedOver.clear();
    carriedOver.addAll(held);
  }

  /**
   * What is to be held.
   *
   * @param strictLive whether strict grants to this session are alive
   */
  public SortedSet<IpAddress> wanted(Assignments assignments, long session, boolean strictLive) {
    SortedSet<IpAddress> wanted = new TreeSet<>();
    SortedSet<IpAddress> stillCarried = new TreeSet<>();
    assignments
        .all()
        .forEach((floatingIp, assignment) -> {
          if (!grantedHere(assignment)) {
            return;
          }
          boolean available = assignment.leaseMode() == LeaseMode.AVAILABLE;
          long grantee = assignment.holder().orElseThrow().session();
          if (grantee == session) {
            if (available || strictLive) {
              wanted.add(floatingIp);
            }
          } else if (available && grantee < session && carriedOver.contains(floatingIp)) {
            wanted.add(floatingIp);
            stillCarried.add(floatingIp);
          }
        });
    carryOver(stillCarried);
    return wanted;
  }

  /** What this node is to be ready for, in this session, without using it. */
  public SortedSet<IpAddress> toPrepare(Assignments assignments, long session) {
    SortedSet<IpAddress> named = new TreeSet<>();
    assignments
        .all()
        .forEach((floatingIp, assignment) -> {
          if (isNextHolder(session, assignment)) {
            named.add(floatingIp);
          }
        });
    return named;
  }

  /** What is granted to this very session. */
  public SortedSet<IpAddress> grantedTo(Assignments assignments, long session) {
    SortedSet<IpAddress> granted = new TreeSet<>();
    assignments
        .all()
        .forEach((floatingIp, assignment) -> {
          if (isGrantedTo(session, assignment)) {
            granted.add(floatingIp);
          }
        });
    return granted;
  }

  /**
   * Whether the session has a grant that needs acknowledged beats, or is to have one, also by what
   * was granted to the session before it: it must be a session without a gap before anybody lets go
   * for it, or grants anything again.
   */
  public boolean needsAcknowledgements(Assignments assignments, long session) {
    return assignments.all().values().stream()
        .filter(assignment -> assignment.leaseMode() == LeaseMode.STRICT)
        .anyMatch(assignment -> grantedHere(assignment) || isNextHolder(session, assignment));
  }

  /** The highest session of this node that anything was granted to; 0 if nothing was. */
  public long highestSession(Assignments assignments) {
    return assignments.all().values().stream()
        .flatMap(assignment -> assignment.holder().stream())
        .filter(holder -> holder.node().equals(node))
        .mapToLong(Holder::session)
        .max()
        .orElse(0);
  }

  /**
   * What to report once the kernel has been brought to hold these addresses.
   *
   * <p>An address is reported as released when this node is asked to let go of it or was granted it
   * in a former session, or when it was held before; the latter keeps the epoch of the assignment
   * that took it away.
   *
   * @param prepared the floating IPs that the kernel is ready for
   */
  public List<Applied> carriedOut(
      Assignments assignments,
      long session,
      SortedSet<IpAddress> wanted,
      SortedSet<IpAddress> inKernel,
      SortedSet<IpAddress> prepared) {
    reported.keySet().retainAll(assignments.all().keySet());
    for (Map.Entry<IpAddress, Assignment> entry : assignments.all().entrySet()) {
      IpAddress floatingIp = entry.getKey();
      Assignment assignment = entry.getValue();
      Applied before = reported.get(floatingIp);
      boolean isPrepared = prepared.contains(floatingIp);
      if (before == null && !namesThisNode(assignment) && !isPrepared) {
        continue;
      }
      boolean isHeld = inKernel.contains(floatingIp);
      if (isHeld != wanted.contains(floatingIp)) {
        continue;
      }
      boolean wasHeld = before != null && before.state() == AppliedState.HELD;
      if (isHeld) {
        report(floatingIp, assignment, AppliedState.HELD);
      } else if (wasHeld || isToLetGo(assignment, session)) {
        report(floatingIp, assignment, AppliedState.RELEASED);
      } else if (isPrepared) {
        report(floatingIp, assignment, AppliedState.PREPARED);
      } else if (before != null && before.state() == AppliedState.PREPARED) {
        reported.remove(floatingIp);
      }
    }
    return List.copyOf(reported.values());
  }

  /**
   * The same while the network interface has no carrier: what is in the kernel serves nobody, and a
   * grant that is not carried out is given to another node. It is not left out, which would say
   * that this node has let go of it.
   */
  public static List<Applied> withoutCarrier(List<Applied> carriedOut) {
    return carriedOut.stream().flatMap(Holdings::withoutCarrier).toList();
  }

  private static Stream<Applied> withoutCarrier(Applied one) {
    return switch (one.state()) {
      case HELD -> Stream.of(new Applied(one.floatingIp(), one.epoch(), AppliedState.PREPARED));
      case RELEASED -> Stream.of(one);
      case PREPARED -> Stream.empty();
    };
  }

  private void report(IpAddress floatingIp, Assignment assignment, AppliedState state) {
    reported.put(floatingIp, new Applied(floatingIp, assignment.epoch(), state));
  }

  private boolean isToLetGo(Assignment assignment, long session) {
    return namesThisNode(assignment)
        && switch (assignment.state()) {
          case RELEASING -> true;
          case GRANTED -> assignment.holder().orElseThrow().session() < session;
          case UNASSIGNED -> false;
        };
  }

  private boolean isGrantedTo(long session, Assignment assignment) {
    return grantedHere(assignment) && assignment.holder().orElseThrow().session() == session;
  }

  private boolean isNextHolder(long session, Assignment assignment) {
    return !namesThisNode(assignment)
        && assignment
            .successor()
            .filter(successor -> successor.node().equals(node) && successor.session() == session)
            .isPresent();
  }

  private boolean grantedHere(Assignment assignment) {
    return assignment.state() == Assignment.State.GRANTED && namesThisNode(assignment);
  }

  private boolean namesThisNode(Assignment assignment) {
    return assignment.holder().map(holder -> holder.node().equals(node)).orElse(false);
  }
}
