package io.sluice.agent;

import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseFence.Deadline;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lease in the kernel alive, as far as the beats allow it. Which addresses are admitted
 * is the loop's to say; the leases are renewed on the threads that send beats and hear of their
 * acknowledgement, so that a long change of the tables ends no lease.
 */
public final class Tenure {

  private static final Logger log = LoggerFactory.getLogger(Tenure.class);

  private final LeaseFence fence;
  private final LeaseRenewal renewal;
  private final LongSupplier clock;
  private final LongSupplier wallClock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<LeaseMode, Deadline> deadlines = new EnumMap<>(LeaseMode.class);

  /** What the kernel admits; empty if that is not known. */
  private Optional<SortedMap<LeaseMode, SortedSet<IpAddress>>> admitted = Optional.empty();

  private volatile Optional<String> error = Optional.empty();
  private volatile Runnable trouble = () -> {};

  /**
   * @param clock monotonic nanoseconds
   * @param wallClock nanoseconds since the epoch
   */
  public Tenure(
      LeaseFence fence, LeaseRenewal renewal, LongSupplier clock, LongSupplier wallClock) {
    this.fence = fence;
    this.renewal = renewal;
    this.clock = clock;
    this.wallClock = wallClock;
  }

  /** Registers what to call when the fence could not be renewed and may have to be built again. */
  void onTrouble(Runnable listener) {
    trouble = listener;
  }

  /** What the kernel refused last and still does. */
  Optional<String> error() {
    return error;
  }

  /**
   * What a former process left open and this one, which has just read all decisions, may keep open.
   * What has been shut is not opened again: the decision that takes it away may be on its way.
   */
  SortedSet<IpAddress> takeOver(long leaseNanos) {
    long wall = wallClock.getAsLong();
    Deadline deadline = Deadline.after(clock.getAsLong(), wall, leaseNanos);
    try {
      return fence.prolong(LeaseMode.AVAILABLE, deadline)
          ? fence.open()
          : Collections.emptySortedSet();
    } catch (DataPlaneException e) {
      failed(e);
      return Collections.emptySortedSet();
    }
  }

  /** Beats carry this session from now on. */
  void begin(long session, long now) {
    lock.lock();
    try {
      renewal.begin(session, now);
      deadlines.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Admits exactly these addresses, and none whose kernel state is in doubt. */
  void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
    lock.lock();
    try {
      if (admitted.equals(Optional.of(addresses))) {
        return;
      }
      SortedMap<LeaseMode, SortedSet<IpAddress>> before = admitted.orElseGet(TreeMap::new);
      admitted = Optional.empty();
      fence.admit(addresses);
      admitted = Optional.of(new TreeMap<>(addresses));
      // Leases nobody needed were not renewed.
      for (LeaseMode mode : addresses.keySet()) {
        if (!before.containsKey(mode) && deadlines.containsKey(mode)) {
          fence.renew(mode, deadlines.get(mode));
        }
      }
      error = Optional.empty();
    } catch (DataPlaneException e) {
      failed(e);
    } finally {
      lock.unlock();
    }
  }

  /** The kernel may have lost what it admitted. */
  void doubt() {
    lock.lock();
    try {
      admitted = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** To be told of each beat before it is sent, and of each acknowledgement; on any thread. */
  public void heard(Input input) {
    lock.lock();
    try {
      if (input instanceof Input.BeatSent beat) {
        renewal.sent(beat).ifPresent(until -> renew(LeaseMode.AVAILABLE, until));
      } else if (input instanceof Input.BeatAcknowledged beat) {
        renewal
            .acknowledged(beat)
            .ifPresent(until -> renew(LeaseRenewal.mode(beat.intent()), until));
      }
    } finally {
      lock.unlock();
    }
  }

  private void renew(LeaseMode mode, Deadline until) {
    deadlines.put(mode, until);
    if (admitted.isEmpty() || !admitted.get().containsKey(mode)) {
      return;
    }
    try {
      fence.renew(mode, until);
      error = Optional.empty();
    } catch (DataPlaneException e) {
      failed(e);
    }
  }

  private void failed(DataPlaneException e) {
    if (error.isEmpty()) {
      log.error("the lease in the kernel cannot be renewed: floating IPs of this node are shut", e);
    }
    error = Optional.of("the lease in the kernel cannot be renewed: " + e.getMessage());
    admitted = Optional.empty();
    trouble.run();
  }
}
