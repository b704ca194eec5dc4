package io.sluice.watcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.sluice.watcher.Election.Term;
import io.sluice.watcher.kubernetes.LeaseElection.Timing;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The election against the client library's stand-in, which keeps Leases and their versions. */
@EnableKubernetesMockClient(crud = true, https = false)
class LeaseElectionTest {

  private static final Timing TIMING =
      new Timing(Duration.ofSeconds(2), Duration.ofMillis(1_500), Duration.ofMillis(100));

  private static final Duration SOON = Duration.ofSeconds(20);

  private KubernetesClient client;
  private final AtomicLong frozenNanos = new AtomicLong();
  private LeaseElection first;
  private LeaseElection second;

  private LeaseElection candidate(String identity) {
    return new LeaseElection(
        client,
        "sluice-system",
        "sluice-watcher",
        identity,
        TIMING,
        () -> System.nanoTime() + frozenNanos.get());
  }

  @AfterEach
  void close() {
    Optional.ofNullable(first).ifPresent(LeaseElection::close);
    Optional.ofNullable(second).ifPresent(LeaseElection::close);
  }

  private static CompletableFuture<Optional<Term>> turnOf(LeaseElection election) {
    CompletableFuture<Optional<Term>> turn = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            turn.complete(election.await());
          } catch (InterruptedException | RuntimeException e) {
            turn.completeExceptionally(e);
          }
        });
    return turn;
  }

  private String holder() {
    Lease lease = client.leases().inNamespace("sluice-system").withName("sluice-watcher").get();
    return lease == null ? "" : lease.getSpec().getHolderIdentity();
  }

  @Test
  void oneWorksAndTheOtherTakesOverWhenItStandsBack() throws Exception {
    first = candidate("first");
    second = candidate("second");
    Term term = first.await().orElseThrow();
    assertThat(term.isCurrent()).isTrue();
    assertThat(holder()).isEqualTo("first");

    var turn = turnOf(second);
    AtomicBoolean ended = new AtomicBoolean();
    term.whenEnded(() -> ended.set(true));
    assertThat(turn).isNotDone();
    first.close();
    assertThat(ended).isTrue();
    assertThat(term.isCurrent()).isFalse();

    await().atMost(SOON).until(turn::isDone);
    assertThat(turn.join().orElseThrow().isCurrent()).isTrue();
    assertThat(holder()).isEqualTo("second");
    assertThat(first.await()).as("closed").isEmpty();
  }

  @Test
  void whoHasLostStandsAgain() throws Exception {
    first = candidate("first");
    second = candidate("second");
    Term term = first.await().orElseThrow();
    var secondTurn = turnOf(second);
    assertThat(term.resign()).isTrue();
    await().atMost(SOON).until(secondTurn::isDone);

    var firstTurn = turnOf(first);
    secondTurn.join().orElseThrow().resign();
    await().atMost(SOON).until(firstTurn::isDone);
    assertThat(firstTurn.join().orElseThrow().isCurrent()).isTrue();
  }

  @Test
  void whoWasFrozenKnowsBeforeItAsksAnybody() throws Exception {
    first = candidate("first");
    Term term = first.await().orElseThrow();
    frozenNanos.addAndGet(TIMING.duration().toNanos());
    assertThat(term.isCurrent()).isFalse();
  }

  @Test
  void whoseLeaseWasTakenHearsOfItAndStandsAgain() throws Exception {
    first = candidate("first");
    Term term = first.await().orElseThrow();
    AtomicBoolean ended = new AtomicBoolean();
    term.whenEnded(() -> ended.set(true));

    await().atMost(SOON).ignoreExceptions().until(this::stealTheLease);
    await().atMost(SOON).untilTrue(ended);
    assertThat(term.isCurrent()).isFalse();

    var turn = turnOf(first);
    await().atMost(SOON).until(turn::isDone);
    assertThat(holder()).as("the thief never renewed").isEqualTo("first");
  }

  /** Fails when the holder has renewed it in between. */
  private boolean stealTheLease() {
    client
        .leases()
        .inNamespace("sluice-system")
        .withName("sluice-watcher")
        .edit(lease -> {
          lease.getSpec().setHolderIdentity("thief");
          return lease;
        });
    return true;
  }

  @Test
  void closingEndsTheWait() throws Exception {
    first = candidate("first");
    second = candidate("second");
    assertThat(first.await()).isPresent();
    var turn = turnOf(second);
    second.close();
    await().atMost(SOON).until(turn::isDone);
    assertThat(turn.join()).isEmpty();
    assertThat(holder()).isEqualTo("first");
  }
}
