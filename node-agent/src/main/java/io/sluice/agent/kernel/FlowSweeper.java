package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the conntrack entries of connections whose translation no longer fits the tables. It
 * reads all of conntrack, so it runs on a thread of its own: at once when verdicts or holders
 * changed, and in at most five hundredths of the time when only Pods came and went.
 */
final class FlowSweeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlowSweeper.class);

  private static final int REST_FACTOR = 20;
  private static final long STOP_MILLIS = 5000;

  private final NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("flow-sweeper").unstarted(this::run);

  private FlowJudgement waiting;
  private boolean urgent;
  private boolean closed;
  private long restUntilNanos = System.nanoTime();

  void start() {
    thread.start();
  }

  /** The tables have changed; what did not is the same instance. */
  @SuppressWarnings("ReferenceEquality")
  void tablesChanged(KernelTables from, KernelTables to) {
    boolean verdicts =
        from.classes() != to.classes()
            || from.egressRoutes() != to.egressRoutes()
            || from.snat() != to.snat()
            || from.clusterNetworks() != to.clusterNetworks();
    if (!verdicts && from.podClasses() == to.podClasses()) {
      return;
    }
    lock.lock();
    try {
      waiting = new FlowJudgement(waiting == null ? from : waiting.before(), to);
      urgent |= verdicts;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        FlowJudgement judgement = next();
        if (judgement == null) {
          return;
        }
        long start = System.nanoTime();
        sweep(judgement);
        rest(System.nanoTime() - start);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void rest(long sweepNanos) {
    lock.lock();
    try {
      restUntilNanos = System.nanoTime() + REST_FACTOR * sweepNanos;
    } finally {
      lock.unlock();
    }
  }

  /** The next judgement that is due, null when closed. */
  private FlowJudgement next() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        long rest = restUntilNanos - System.nanoTime();
        if (waiting == null) {
          changed.await();
        } else if (urgent || rest <= 0) {
          FlowJudgement due = waiting;
          waiting = null;
          urgent = false;
          return due;
        } else {
          changed.await(rest, TimeUnit.NANOSECONDS);
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** One pass. What fails is logged: the guards hold anyway, the connections time out. */
  synchronized void sweep(FlowJudgement judgement) {
    try {
      List<Flow> stale = new ArrayList<>();
      InterruptedDumpException.retry(() -> {
        stale.clear();
        Conntrack.dump(
            socket,
            flow -> {
              if (judgement.isStale(flow)) {
                stale.add(flow);
              }
            });
        return stale;
      });
      if (!stale.isEmpty()) {
        Conntrack.delete(socket, stale);
        log.info("{} connections are translated anew from their next packet on", stale.size());
      }
    } catch (KernelException | InterruptedDumpException e) {
      log.warn(
          "connections translated by earlier rules stay until they time out: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
  }
}
