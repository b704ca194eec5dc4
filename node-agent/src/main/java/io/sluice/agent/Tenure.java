package io.sluice.agent;

import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseFence.Deadline;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.model.AgentReport.Leases;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lease in the kernel alive, as far as the beats and the wire allow it. Which addresses
 * are admitted is the loop's to say; the leases are renewed on a thread of their own ({@link
 * Renewals}), so that the loop's work ends no lease and the kernel's delays no beat, and an address
 * is shut on the thread that hears another machine have it, so that none delays that.
 */
public final class Tenure {

  private static final Logger log = LoggerFactory.getLogger(Tenure.class);

  /** An address that has to be shut does not wait for long. */
  private static final long TRIES_AGAIN_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final LeaseFence fence;
  private final LeaseRenewal renewal;
  private final WireWatch watch;
  private final LongSupplier clock;
  private final LongSupplier wallClock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<LeaseMode, Deadline> deadlines = new EnumMap<>(LeaseMode.class);

  /** What the kernel admits; empty if that is not known. */
  private Optional<SortedMap<LeaseMode, SortedSet<IpAddress>>> admitted = Optional.empty();

  /** Whether what is open was left so by a former process, and no beat was sent since. */
  private boolean takesOver;

  private volatile Optional<String> error = Optional.empty();
  private volatile Runnable trouble = () -> {};

  /**
   * @param clock monotonic nanoseconds
   * @param wallClock nanoseconds since the epoch
   */
  public Tenure(
      LeaseFence fence,
      LeaseRenewal renewal,
      WireWatch watch,
      LongSupplier clock,
      LongSupplier wallClock) {
    this.fence = fence;
    this.renewal = renewal;
    this.watch = watch;
    this.clock = clock;
    this.wallClock = wallClock;
  }

  /** Registers what to call when the fence could not be renewed and may have to be built again. */
  public void onTrouble(Runnable listener) {
    trouble = listener;
  }

  /** How long the leases are. */
  Leases leases() {
    return renewal.leases();
  }

  /** What the kernel refused last and still does. */
  Optional<String> error() {
    return error;
  }

  /**
   * What a former process left open and this one, which has just read all decisions, may keep open.
   * What has been shut is not opened again: the decision that takes it away may be on its way. Nor
   * is anything prolonged yet: only a beat entitles to that, and until the first one this process
   * may stand still as any other.
   */
  SortedSet<IpAddress> takeOver() {
    lock.lock();
    try {
      takesOver = true;
      return fence.open();
    } catch (DataPlaneException e) {
      failed(e);
      return Collections.emptySortedSet();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Beats carry this session from now on.
   *
   * @param settled what was yielded and is not held in the new session
   */
  public void begin(long session, Collection<IpAddress> settled, long now) {
    lock.lock();
    try {
      renewal.begin(session, now);
      watch.settle(settled);
      deadlines.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Admits exactly these addresses but those that were yielded, and none whose kernel state is in
   * doubt, nor, while nobody can be heard or asked, any that lives without Kafka.
   *
   * @param toThisSession which of them were granted to the present session
   */
  public void admit(
      SortedMap<LeaseMode, SortedSet<IpAddress>> held, Collection<IpAddress> toThisSession) {
    lock.lock();
    try {
      watch.held(
          held.getOrDefault(LeaseMode.AVAILABLE, Collections.emptySortedSet()), toThisSession);
      SortedMap<LeaseMode, SortedSet<IpAddress>> addresses = without(held, watch.yielded());
      if (watch.holdsBack()) {
        addresses.remove(LeaseMode.AVAILABLE);
      }
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

  /**
   * Admits these as well as what is admitted already, so that nothing is shut that has not been let
   * go of yet, each in one mode only. As long as it is not known what is admitted, this waits for
   * {@link #admit}.
   */
  public void admitToo(
      SortedMap<LeaseMode, SortedSet<IpAddress>> held, Collection<IpAddress> toThisSession) {
    lock.lock();
    try {
      admitted.ifPresent(before -> {
        Set<IpAddress> opened = new HashSet<>();
        held.values().forEach(opened::addAll);
        SortedMap<LeaseMode, SortedSet<IpAddress>> all = without(before, opened);
        held.forEach((mode, some) -> all.computeIfAbsent(mode, _ -> new TreeSet<>()).addAll(some));
        admit(all, toThisSession);
      });
    } finally {
      lock.unlock();
    }
  }

  /** Shuts the fence for these, in one step, before anything else about them takes time. */
  public void shutAtOnce(Collection<IpAddress> addresses) {
    lock.lock();
    try {
      if (admitted.isEmpty()) {
        addresses.forEach(this::shut);
        return;
      }
      SortedMap<LeaseMode, SortedSet<IpAddress>> rest = without(admitted.get(), addresses);
      if (!admitted.get().equals(rest)) {
        admitted = Optional.empty();
        fence.admit(rest);
        admitted = Optional.of(rest);
      }
    } catch (DataPlaneException e) {
      failed(e);
    } finally {
      lock.unlock();
    }
  }

  private static SortedMap<LeaseMode, SortedSet<IpAddress>> without(
      SortedMap<LeaseMode, SortedSet<IpAddress>> all, Collection<IpAddress> left) {
    SortedMap<LeaseMode, SortedSet<IpAddress>> rest = new TreeMap<>();
    all.forEach((mode, addresses) -> {
      SortedSet<IpAddress> some = new TreeSet<>(addresses);
      some.removeAll(left);
      if (!some.isEmpty()) {
        rest.put(mode, some);
      }
    });
    return rest;
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

  // ---- the wire ---------------------------------------------------------------------------------

  /**
   * Another machine was heard to have the address; on any thread. If we have to yield, the fence is
   * shut for it when this returns.
   */
  public WireWatch.Response claimed(IpAddress floatingIp) {
    lock.lock();
    try {
      long now = clock.getAsLong();
      WireWatch.Response response = watch.claimed(floatingIp, renewal.isProven(now), now);
      if (response == WireWatch.Response.YIELD) {
        shut(floatingIp);
      }
      return response;
    } finally {
      lock.unlock();
    }
  }

  private void shut(IpAddress floatingIp) {
    try {
      fence.shut(floatingIp);
      admitted = admitted.map(all -> without(all, List.of(floatingIp)));
    } catch (DataPlaneException e) {
      // Nothing is renewed any more until the loop has admitted the others anew.
      failed(e);
    }
  }

  /** What was yielded since a session last began without it. */
  SortedSet<IpAddress> yielded() {
    return locked(watch::yielded);
  }

  /**
   * Whether the network interface has a carrier.
   *
   * @return whether what was held back for want of one may be admitted again
   */
  boolean carrier(boolean there, long now) {
    return locked(() -> watch.carrier(there, renewal.isProven(now), now));
  }

  /** What to ask the wire for because there is a carrier again. */
  List<IpAddress> dueToAskWhenBack(long now) {
    return locked(() -> watch.dueWhenBack(now));
  }

  /** After a freeze: asks the wire for these. */
  void askBeforeGoingOn(Collection<IpAddress> addresses, long now) {
    locked(() -> {
      watch.askBeforeGoingOn(addresses, now);
      return addresses;
    });
  }

  /** Kafka has been heard in the present session. */
  void heardFromKafka() {
    locked(() -> {
      watch.heardFromKafka();
      return watch;
    });
  }

  /** What nobody else has after a freeze. */
  SortedSet<IpAddress> unanswered(long now) {
    return locked(() -> watch.unanswered(now));
  }

  /** What to ask the wire for now. */
  List<IpAddress> dueToAsk(boolean cutOff, long now) {
    return locked(() -> watch.due(cutOff, now));
  }

  /**
   * Whether everything may stay here for a restart. Not if others may have been granted it, as in
   * the lease after Kafka was away: who is gone asks nobody. Nor if the kernel would not keep it
   * open, as after a gap in the acknowledgements of this session: then it moves at once instead of
   * being shut here while the allocator waits for us.
   */
  boolean mayKeepForRestart(long now) {
    return locked(() ->
        !watch.asks(now)
            && !watch.holdsBack()
            && renewal.isProven(now)
            && watch.holdsOnlyWhatWasGranted());
  }

  /** How long until the wire is to be asked again, or a kernel that refused is. */
  long nanosUntilWork(boolean cutOff, long now) {
    long wire = locked(() -> watch.nanosUntilWork(cutOff, now));
    return error.isPresent() ? Math.min(wire, TRIES_AGAIN_EVERY_NANOS) : wire;
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  // ---- beats ------------------------------------------------------------------------------------

  /**
   * To be told of each beat that is sent, and of each acknowledgement, in this order; on any
   * thread. Returns when the kernel has what follows from it.
   */
  public void heard(Input input) {
    lock.lock();
    try {
      if (input instanceof Input.BeatSent beat) {
        renewal.sent(beat).ifPresent(until -> renew(LeaseMode.AVAILABLE, until));
      } else if (input instanceof Input.BeatAcknowledged beat) {
        renewal
            .acknowledged(beat)
            .filter(_ -> beat.intent() != Intent.RESTARTING || watch.holdsOnlyWhatWasGranted())
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
      if (takesOver && mode == LeaseMode.AVAILABLE) {
        goOnIfStillOpen(until);
      } else {
        fence.renew(mode, until);
      }
      error = Optional.empty();
    } catch (DataPlaneException e) {
      failed(e);
    }
  }

  /** The first beat: what the former process left may have been shut since it was looked at. */
  private void goOnIfStillOpen(Deadline until) {
    boolean stillOpen = fence.prolong(LeaseMode.AVAILABLE, until);
    takesOver = false;
    if (!stillOpen) {
      SortedMap<LeaseMode, SortedSet<IpAddress>> rest = new TreeMap<>(admitted.orElseThrow());
      rest.remove(LeaseMode.AVAILABLE).forEach(watch::lost);
      fence.admit(rest);
      admitted = Optional.of(rest);
    }
  }

  /** What could not be shut ends with the lease at the latest: nothing is renewed until then. */
  private void failed(DataPlaneException e) {
    boolean isNew = error.isEmpty();
    error = Optional.of("the lease in the kernel cannot be renewed: " + e.getMessage());
    admitted = Optional.empty();
    if (isNew) {
      log.error("the lease in the kernel cannot be renewed: floating IPs of this node are shut", e);
      trouble.run();
    }
  }
}
