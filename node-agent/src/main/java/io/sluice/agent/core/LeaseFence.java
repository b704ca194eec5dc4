package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The lease as the kernel enforces it (design, section 4.4): a filter on the network interface.
 * Nothing leaves with a floating IP, no ARP or neighbour request for it is answered and nothing for
 * it comes in, unless this node has admitted the address and the lease of its mode is alive. A
 * lease ends by itself when nobody renews it, so nothing needs to run for the fence to close.
 *
 * <p>May be called from any thread. Every method throws {@link DataPlaneException} if the kernel
 * refuses.
 */
public interface LeaseFence {

  /**
   * The end of a lease, on two clocks; the lease is alive while both lie ahead. The absolute one
   * makes a renewal harmless that was stalled on its way to the kernel; the other one does not
   * follow a wall clock that is set back.
   *
   * @param monotonicNanos on the clock of {@link System#nanoTime()}
   * @param wallNanos since the epoch, on CLOCK_REALTIME; from a reading taken <em>before</em> the
   *     monotonic one, so that a pause between the two shortens the lease
   */
  record Deadline(long monotonicNanos, long wallNanos) {

    /** The end of a lease that begins at these two readings. */
    public static Deadline after(long monotonicNanos, long wallNanos, long leaseNanos) {
      return new Deadline(monotonicNanos + leaseNanos, wallNanos + leaseNanos);
    }
  }

  /** Admits exactly these addresses. Opens nothing whose lease is not alive. */
  void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses);

  /** Admits the address no more, in whatever mode. */
  void shut(IpAddress address);

  /** Makes the lease of a mode end at the deadline. One that has passed opens nothing. */
  void renew(LeaseMode mode, Deadline deadline);

  /**
   * Renews a lease only if it is still alive, decided by the kernel in the same transaction.
   *
   * @return whether it was
   */
  boolean prolong(LeaseMode mode, Deadline deadline);

  /** The addresses that are admitted and whose lease is alive, as the kernel has it now. */
  SortedSet<IpAddress> open();
}
