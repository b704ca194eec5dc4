package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the conntrack entries of connections whose translation no longer fits the tables. It
 * reads all of conntrack, so it runs on a thread of its own: at once when verdicts or holders
 * changed, and in at most five hundredths of the time when only Pods came and went. Entries that
 * are left over from before a floating IP came or went have time until their last replies are in.
 */
final class FlowSweeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlowSweeper.class);

  private static final int REST_FACTOR = 20;
  private static final long LEFT_OVER_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long STOP_MILLIS = 5000;

  private final NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("flow-sweeper").unstarted(this::run);

  /**
   * One look at all connections.
   *
   * @param urgent whether verdicts or holders have changed since the last one
   * @param leftOversToo whether to remove what is left over as well
   */
  private record Pass(FlowJudgement judgement, boolean urgent, boolean leftOversToo) {}

  private KernelTables inForce = KernelTables.EMPTY;
  private boolean begun;
  private FlowJudgement waiting;
  private boolean urgent;
  private boolean atWork;
  private boolean closed;
  private long restUntilNanos = System.nanoTime();
  private OptionalLong leftOversDueNanos = OptionalLong.empty();

  /** The TCP connections among those of the last pass that are translated here if found again. */
  private final Set<Flow.Key> leftOver = new HashSet<>();

  void start() {
    thread.start();
  }

  /** These tables were found: an earlier process may have had no time to remove what is left. */
  void begin(KernelTables found) {
    lock.lock();
    try {
      if (!begun) {
        begun = true;
        inForce = found;
        waiting = new FlowJudgement(found, found);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The tables have changed; what did not is the same instance. */
  @SuppressWarnings("ReferenceEquality")
  void tablesChanged(KernelTables from, KernelTables to) {
    boolean verdicts =
        from.classes() != to.classes()
            || from.egressRoutes() != to.egressRoutes()
            || from.snat() != to.snat()
            || from.clusterNetworks() != to.clusterNetworks();
    lock.lock();
    try {
      begun = true;
      inForce = to;
      if (verdicts || from.podClasses() != to.podClasses()) {
        waiting = new FlowJudgement(waiting == null ? from : waiting.before(), to);
        urgent |= verdicts;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        Pass pass = next();
        if (pass == null) {
          return;
        }
        long start = System.nanoTime();
        boolean leftOvers = sweep(pass);
        rest(pass, System.nanoTime() - start, leftOvers);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void rest(Pass pass, long sweepNanos, boolean leftOvers) {
    lock.lock();
    try {
      long now = System.nanoTime();
      atWork = false;
      restUntilNanos = now + REST_FACTOR * sweepNanos;
      if (!leftOvers) {
        leftOversDueNanos = OptionalLong.empty();
      } else if (pass.urgent() || leftOversDueNanos.isEmpty()) {
        leftOversDueNanos = OptionalLong.of(now + LEFT_OVER_NANOS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The next pass that is due, null when closed. */
  private Pass next() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        long untilChange = waiting == null ? Long.MAX_VALUE : urgent ? 0 : restUntilNanos - now;
        long untilLeftOvers =
            leftOversDueNanos.isPresent() ? leftOversDueNanos.getAsLong() - now : Long.MAX_VALUE;
        if (untilChange <= 0) {
          Pass due = new Pass(waiting, urgent, false);
          waiting = null;
          urgent = false;
          atWork = true;
          return due;
        }
        if (untilLeftOvers <= 0) {
          return new Pass(new FlowJudgement(inForce, inForce), false, true);
        }
        changed.await(Math.min(untilChange, untilLeftOvers), TimeUnit.NANOSECONDS);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is to be judged before what is left over is removed. */
  boolean isIdle() {
    lock.lock();
    try {
      return waiting == null && !atWork;
    } finally {
      lock.unlock();
    }
  }

  /** How many TCP connections that were translated here the last pass has left over. */
  synchronized int leftOvers() {
    return leftOver.size();
  }

  /** One pass, at once, that leaves nothing over. */
  void sweepAll(FlowJudgement judgement) {
    sweep(new Pass(judgement, true, true));
  }

  /**
   * One pass. What fails is logged: the guards hold anyway, the connections time out.
   *
   * @return whether anything is left over
   */
  private synchronized boolean sweep(Pass pass) {
    List<Flow> stale = new ArrayList<>();
    List<Flow> leftOvers = new ArrayList<>();
    try {
      InterruptedDumpException.retry(() -> {
        stale.clear();
        leftOvers.clear();
        Conntrack.dump(
            socket,
            flow -> {
              switch (pass.judgement().judge(flow)) {
                case FITS -> {
                  // In use again. Conntrack has not seen the TCP window move meanwhile.
                  if (leftOver.contains(flow.key())) {
                    stale.add(flow);
                  }
                }
                case STALE -> stale.add(flow);
                case LEFT_OVER -> leftOvers.add(flow);
              }
            });
        return stale;
      });
      leftOver.clear();
      if (!stale.isEmpty()) {
        Conntrack.delete(socket, stale);
        log.info("{} connections are translated anew from their next packet on", stale.size());
      }
      if (pass.leftOversToo() && !leftOvers.isEmpty()) {
        Conntrack.delete(socket, leftOvers);
        log.info(
            "{} entries of connections that were translated elsewhere before are removed",
            leftOvers.size());
        return false;
      }
      leftOvers.stream()
          .filter(flow -> flow.inZone() && flow.tcp())
          .map(Flow::key)
          .forEach(leftOver::add);
      return !leftOvers.isEmpty();
    } catch (KernelException | InterruptedDumpException e) {
      log.warn(
          "connections translated by earlier rules stay until they time out: {}", e.getMessage());
      return false;
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
