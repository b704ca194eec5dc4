package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import io.sluice.watcher.Election;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watcher that holds a Lease of the API server works. The elector of the client library stands
 * for election once; here it stands again whenever it has lost.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/architecture/leases/">Leases</a>
 */
final class LeaseElection implements Election {

  private static final Logger log = LoggerFactory.getLogger(LeaseElection.class);

  /**
   * A watcher that dies is replaced within the duration and a retry; one that stops lets go.
   *
   * @param duration how long others keep away after the last renewal
   * @param renewDeadline how long the holder tries to renew before it gives up; shorter
   * @param retryPeriod the pause between two tries
   */
  record Timing(Duration duration, Duration renewDeadline, Duration retryPeriod) {

    static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofSeconds(1));
  }

  private final KubernetesClient client;
  private final LeaseLock lease;
  private final Timing timing;
  private final LongSupplier nanoClock;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private Optional<Candidacy> current = Optional.empty();
  private boolean closed;

  /**
   * Stands for election in a namespace, under a name that all candidates share.
   *
   * @param identity names this candidate and no other
   * @param nanoClock as {@link System#nanoTime()}
   */
  LeaseElection(
      KubernetesClient client,
      String namespace,
      String name,
      String identity,
      Timing timing,
      LongSupplier nanoClock) {
    this.client = client;
    this.lease = new LeaseLock(namespace, name, identity);
    this.timing = timing;
    this.nanoClock = nanoClock;
  }

  @Override
  public Optional<Term> await() throws InterruptedException {
    while (true) {
      Candidacy candidacy;
      synchronized (this) {
        if (closed) {
          return Optional.empty();
        }
        current.ifPresent(Candidacy::resign);
        candidacy = new Candidacy();
        current = Optional.of(candidacy);
      }
      log.info("standing by for {}", lease.describe());
      candidacy.start();
      if (candidacy.isElected()) {
        log.info("it is {}'s turn", lease.identity());
        return Optional.of(candidacy);
      }
      Thread.sleep(timing.retryPeriod());
    }
  }

  @Override
  public void close() {
    Optional<Candidacy> last;
    synchronized (this) {
      closed = true;
      last = current;
    }
    last.ifPresent(Candidacy::resign);
    executor.shutdown();
  }

  /** One try to become the holder, and what follows from it. */
  private final class Candidacy implements Term, Lock {

    private final CompletableFuture<Boolean> elected = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long renewedNanos;
    private volatile CompletableFuture<?> elector = CompletableFuture.completedFuture(null);

    void start() {
      LeaderElectionConfig config =
          new LeaderElectionConfig(
              this,
              timing.duration(),
              timing.renewDeadline(),
              timing.retryPeriod(),
              new LeaderCallbacks(
                  () -> elected.complete(true),
                  this::end,
                  holder -> log.debug("holder: {}", holder)),
              true,
              lease.identity());
      elector = new LeaderElector(client, config, executor).start();
      elector.whenComplete((_, _) -> end());
    }

    private void end() {
      elected.complete(false);
      ended.complete(null);
    }

    boolean isElected() throws InterruptedException {
      try {
        return elected.get();
      } catch (java.util.concurrent.ExecutionException e) {
        throw new AssertionError("never completed so", e);
      }
    }

    @Override
    public boolean isCurrent() {
      return !ended.isDone() && nanoClock.getAsLong() - renewedNanos < timing.duration().toNanos();
    }

    @Override
    public void whenEnded(Runnable action) {
      ended.thenRun(action);
    }

    @Override
    public boolean resign() {
      elector.cancel(true);
      end();
      return true;
    }

    // ---- the lease, and when it was renewed
    // ------------------------------------------------------

    @Override
    public LeaderElectionRecord get(KubernetesClient from) {
      return lease.get(from);
    }

    @Override
    public void create(KubernetesClient with, LeaderElectionRecord held) {
      long beforeNanos = nanoClock.getAsLong();
      lease.create(with, held);
      renewed(beforeNanos, held);
    }

    @Override
    public void update(KubernetesClient with, LeaderElectionRecord held) {
      long beforeNanos = nanoClock.getAsLong();
      lease.update(with, held);
      renewed(beforeNanos, held);
    }

    /** Others count from the time in the record, which is not before this. */
    private void renewed(long beforeNanos, LeaderElectionRecord held) {
      if (lease.identity().equals(held.getHolderIdentity())) {
        renewedNanos = beforeNanos;
      }
    }

    @Override
    public String identity() {
      return lease.identity();
    }

    @Override
    public String describe() {
      return lease.describe();
    }
  }
}
