package io.sluice.allocator.kafka;

import io.sluice.schemas.AdminAnswer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the transactions that dead instances of an application left open. Nobody who reads committed
 * records only gets past an open transaction, and under exactly-once v2 the instance that takes
 * over has another transactional id than the dead one and so does not fence it; without this,
 * readers would wait for the transaction's timeout.
 *
 * <p>A transactional id is fenced only if its owner is not in the group any more: who has a task
 * taken from it in an orderly way is, and goes on. Should one that lives be fenced all the same,
 * Kafka Streams gives its tasks up, and joins again from what was committed last.
 *
 * <p>Producers are fenced, transactions are never just aborted: an instance that was only frozen
 * would go on with the next one.
 */
final class AbandonedTransactions implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AbandonedTransactions.class);

  private static final int MOST_TRIES = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final int ANSWER_WITHIN_MILLIS = 2_000;
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

  private final String applicationId;
  private final TransactionalIds ids;
  private final StreamsClients clients;
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicLong fenced = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final ThreadPoolExecutor thread;

  /**
   * @param clients of the application; its Admin client is used
   */
  AbandonedTransactions(String applicationId, StreamsClients clients) {
    this.applicationId = applicationId;
    this.ids = new TransactionalIds(applicationId);
    this.clients = clients;
    // One thread, which ends when it has had nothing to do for a while.
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name(applicationId + "-fencing").factory(),
            // Asked after the end.
            new ThreadPoolExecutor.DiscardPolicy());
    this.thread.allowCoreThreadTimeOut(true);
  }

  /** Looks for them, on another thread. Calls that come before it has begun are one. */
  void look() {
    if (asked.compareAndSet(false, true)) {
      thread.execute(this::endThem);
    }
  }

  /** How many producers were fenced. */
  long fenced() {
    return fenced.get();
  }

  /** How often that was given up. */
  long failures() {
    return failures.get();
  }

  private void endThem() {
    asked.set(false);
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; !thread.isShutdown(); tries++) {
      try {
        tryOnce();
        return;
      } catch (InterruptException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (KafkaException e) {
        if (tries == MOST_TRIES) {
          failures.incrementAndGet();
          log.error(
              "{}: the transactions of instances that are gone could not be ended; until the broker"
                  + " does so itself, nobody reads what is decided",
              applicationId,
              e);
          return;
        }
        log.warn("{}: fencing failed, trying again: {}", applicationId, e.toString());
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = pause.multipliedBy(2);
    }
  }

  private void tryOnce() {
    Optional<Admin> admin = clients.admin();
    if (admin.isEmpty()) {
      return;
    }
    List<String> ongoing = ongoing(admin.get());
    SortedSet<String> abandoned = ids.abandoned(ongoing, clients.transactionalIds(), List.of());
    if (abandoned.isEmpty()) {
      return;
    }
    // Only now, because the group's coordinator is rarely to be bothered.
    abandoned = ids.abandoned(ongoing, clients.transactionalIds(), members(admin.get()));
    if (abandoned.isEmpty()) {
      log.info("{}: all open transactions belong to instances that live", applicationId);
      return;
    }
    long start = System.nanoTime();
    AdminAnswer.await(
        admin
            .get()
            .fenceProducers(abandoned, new FenceProducersOptions().timeoutMs(ANSWER_WITHIN_MILLIS))
            .all());
    fenced.addAndGet(abandoned.size());
    log.warn(
        "{}: ended, in {} ms, the transactions that instances which are gone had left open: {}",
        applicationId,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
        abandoned);
  }

  private static List<String> ongoing(Admin admin) {
    ListTransactionsOptions options =
        new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING));
    Collection<TransactionListing> all =
        AdminAnswer.await(admin.listTransactions(options.timeoutMs(ANSWER_WITHIN_MILLIS)).all());
    return all.stream().map(TransactionListing::transactionalId).toList();
  }

  private List<String> members(Admin admin) {
    return AdminAnswer.await(
            admin
                .describeConsumerGroups(
                    List.of(applicationId),
                    new DescribeConsumerGroupsOptions().timeoutMs(ANSWER_WITHIN_MILLIS))
                .describedGroups()
                .get(applicationId))
        .members()
        .stream()
        .map(MemberDescription::clientId)
        .toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{}: fencing has not ended within {}", applicationId, CLOSE_WITHIN);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
