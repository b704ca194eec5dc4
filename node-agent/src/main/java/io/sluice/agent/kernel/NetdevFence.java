package io.sluice.agent.kernel;

import io.sluice.agent.core.LeaseFence;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import io.sluice.model.LeaseMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sets of {@code fence.nft}. Renewals take three elements and one interval whatever the number
 * of addresses. It has a socket of its own: a renewal never waits for a change of the tables.
 */
final class NetdevFence implements LeaseFence, AutoCloseable {

  /** What may carry an address: IPv4, IPv6 and ARP (IEEE 802 numbers). */
  private static final List<Short> PROTOCOLS =
      List.of((short) 0x0800, (short) 0x86DD, (short) 0x0806);

  private static final long REPLIES_COME_IN_FOR_MILLIS = 1_000;

  private final NetlinkSocket socket;
  private final ReentrantLock lock = new ReentrantLock();

  NetdevFence(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** The port of the socket, by which the kernel names who changed something. */
  int port() {
    return socket.port();
  }

  /** Held while the kernel is told; a test makes a renewal wait for it. */
  ReentrantLock lock() {
    return lock;
  }

  private void commit(NftTransaction transaction) {
    lock.lock();
    try {
      transaction.commit(socket);
    } finally {
      lock.unlock();
    }
  }

  /** From now on the fence is about these addresses. */
  void guard(Collection<IpAddress> pool) {
    NftTransaction transaction = new NftTransaction();
    for (IpFamily family : IpFamily.values()) {
      transaction.flush(NftSet.guarded(family));
    }
    transaction.flush(NftSet.guardedArp());
    for (IpAddress ip : pool) {
      transaction.add(member(NftSet.guarded(ip.family()), ip));
      if (ip.family() == IpFamily.IPV4) {
        transaction.add(member(NftSet.guardedArp(), ip));
      }
    }
    commit(transaction);
  }

  /** In one step that cannot fail for want of the address, whatever is admitted. */
  @Override
  public void shut(IpAddress address) {
    shut(List.of(address), new NftTransaction());
  }

  /** Admits these no more, in whatever mode. */
  void shut(Collection<IpAddress> addresses) {
    if (!addresses.isEmpty()) {
      shut(addresses, new NftTransaction());
    }
  }

  /**
   * Admits these no more, as {@link #shut(Collection)}, but replies may still come in for a moment:
   * those to the last packets that left here, until the next holder has announced the address.
   */
  void handOver(Collection<IpAddress> addresses) {
    if (!addresses.isEmpty()) {
      NftTransaction transaction = new NftTransaction();
      for (IpAddress ip : addresses) {
        NftSet set = NftSet.handedOver(ip.family());
        transaction.add(
            SetElement.expiring(set, KernelValues.address(ip), REPLIES_COME_IN_FOR_MILLIS));
      }
      shut(addresses, transaction);
    }
  }

  private void shut(Collection<IpAddress> addresses, NftTransaction transaction) {
    for (LeaseMode mode : LeaseMode.values()) {
      for (IpAddress ip : addresses) {
        transaction.removeIfThere(member(NftSet.admitted(mode, ip.family()), ip));
      }
    }
    commit(transaction);
  }

  @Override
  public void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
    NftTransaction transaction = new NftTransaction();
    for (LeaseMode mode : LeaseMode.values()) {
      for (IpFamily family : IpFamily.values()) {
        transaction.flush(NftSet.admitted(mode, family));
      }
      addresses
          .getOrDefault(mode, Collections.emptySortedSet())
          .forEach(ip -> transaction.add(member(NftSet.admitted(mode, ip.family()), ip)));
    }
    commit(transaction);
  }

  @Override
  public void renew(LeaseMode mode, Deadline deadline) {
    NftTransaction transaction = new NftTransaction();
    long millis = millisLeft(deadline);
    if (millis > 0) {
      aliveFor(mode, millis).forEach(transaction::add);
    } else {
      transaction.flush(NftSet.alive(mode));
    }
    until(mode, deadline, transaction);
    commit(transaction);
  }

  /** An element that has timed out cannot be removed, which fails the transaction. */
  @Override
  public boolean prolong(LeaseMode mode, Deadline deadline) {
    long millis = millisLeft(deadline);
    if (millis <= 0 || open(mode).isEmpty()) {
      return false;
    }
    NftTransaction transaction = new NftTransaction();
    for (short protocol : PROTOCOLS) {
      transaction.remove(SetElement.member(NftSet.alive(mode), protocolKey(protocol)));
    }
    aliveFor(mode, millis).forEach(transaction::add);
    until(mode, deadline, transaction);
    try {
      commit(transaction);
      return true;
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  /** Whole milliseconds, rounded down: a lease may end too early, never too late. */
  private static long millisLeft(Deadline deadline) {
    return TimeUnit.NANOSECONDS.toMillis(deadline.monotonicNanos() - System.nanoTime());
  }

  private static List<SetElement> aliveFor(LeaseMode mode, long millis) {
    NftSet set = NftSet.alive(mode);
    List<SetElement> elements = new ArrayList<>(PROTOCOLS.size());
    for (short protocol : PROTOCOLS) {
      elements.add(SetElement.expiring(set, protocolKey(protocol), millis));
    }
    return elements;
  }

  private static void until(LeaseMode mode, Deadline deadline, NftTransaction transaction) {
    NftSet set = NftSet.until(mode);
    transaction.flush(set);
    transaction.add(SetElement.member(set, timeKey(0)));
    transaction.add(SetElement.intervalEnd(set, timeKey(Math.max(deadline.wallNanos(), 1))));
  }

  @Override
  public SortedSet<IpAddress> open() {
    SortedSet<IpAddress> open = new TreeSet<>();
    for (LeaseMode mode : LeaseMode.values()) {
      open.addAll(open(mode));
    }
    return open;
  }

  private SortedSet<IpAddress> open(LeaseMode mode) {
    boolean alive = dump(NftSet.alive(mode)).size() == PROTOCOLS.size();
    long now = WallClock.nanos();
    boolean ahead =
        dump(NftSet.until(mode)).stream()
            .filter(SetElement::endsInterval)
            .anyMatch(end -> now < end.key().duplicate().getLong(0));
    return alive && ahead ? admitted(mode) : Collections.emptySortedSet();
  }

  private SortedSet<IpAddress> admitted(LeaseMode mode) {
    SortedSet<IpAddress> admitted = new TreeSet<>();
    for (IpFamily family : IpFamily.values()) {
      dump(NftSet.admitted(mode, family))
          .forEach(element -> admitted.add(KernelValues.readAddress(element.key())));
    }
    return admitted;
  }

  private List<SetElement> dump(NftSet set) {
    lock.lock();
    try {
      return InterruptedDumpException.retry(() -> {
        List<SetElement> elements = new ArrayList<>();
        NftMessages.dump(socket, set, elements::add);
        return elements;
      });
    } finally {
      lock.unlock();
    }
  }

  private static SetElement member(NftSet set, IpAddress ip) {
    return SetElement.member(set, KernelValues.address(ip));
  }

  private static ByteBuffer protocolKey(short protocol) {
    return ByteBuffer.allocate(Short.BYTES).putShort(protocol).flip();
  }

  /** In an interval set, time is compared in network order. */
  private static ByteBuffer timeKey(long nanos) {
    return ByteBuffer.allocate(Long.BYTES).putLong(nanos).flip();
  }

  @Override
  public void close() {
    socket.close();
  }
}
