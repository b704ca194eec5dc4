package io.sluice.agent;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.sluice.agent.core.Input;
import io.sluice.model.Heartbeat.Intent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Counts beats and what they leave of the leases: the available one lives for {@code L} after the
 * last beat that was sent, the strict one after the last that was sent and acknowledged. What is
 * left is taken when the renewal has been carried out.
 */
final class MeteredBeats implements Consumer<Input> {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AgentMetrics metrics;
  private final Consumer<Input> next;
  private final LongSupplier clock;
  private final Lease available;
  private final Lease strict;
  private volatile long acknowledgedAt;

  /**
   * @param next renews the leases, and returns when that is done
   * @param clock monotonic nanoseconds
   */
  MeteredBeats(AgentMetrics metrics, Duration lease, Consumer<Input> next, LongSupplier clock) {
    this.metrics = metrics;
    this.next = next;
    this.clock = clock;
    this.acknowledgedAt = clock.getAsLong();
    this.available = new Lease(lease, metrics.leaseMargin.labelValues("available"));
    this.strict = new Lease(lease, metrics.leaseMargin.labelValues("strict"));
  }

  @Override
  public void accept(Input input) {
    next.accept(input);
    if (input instanceof Input.BeatSent beat) {
      metrics.beatsSent.inc();
      available.renewed(beat.session(), beat.sentAt(), clock.getAsLong());
    } else if (input instanceof Input.BeatAcknowledged beat) {
      metrics.beatsAcknowledged.inc();
      acknowledgedAt = clock.getAsLong();
      if (beat.intent() == Intent.RUNNING) {
        strict.renewed(beat.session(), beat.sentAt(), clock.getAsLong());
      }
    }
  }

  /** Why nobody can know that this node is alive; empty if beats are acknowledged. */
  Optional<String> unheard() {
    Duration silence = Duration.ofNanos(clock.getAsLong() - acknowledgedAt);
    return silence.compareTo(PATIENCE) <= 0
        ? Optional.empty()
        : Optional.of("Kafka has acknowledged no beat for %d s".formatted(silence.toSeconds()));
  }

  /** One lease, from renewal to renewal; the first one of a session replaces none. */
  private static final class Lease {

    private record Renewal(long session, long sentAt) {}

    private final long leaseNanos;
    private final DistributionDataPoint margin;
    private final AtomicReference<Renewal> last = new AtomicReference<>();

    Lease(Duration lease, DistributionDataPoint margin) {
      this.leaseNanos = lease.toNanos();
      this.margin = margin;
    }

    void renewed(long session, long sentAt, long now) {
      Renewal before = last.getAndSet(new Renewal(session, sentAt));
      if (before != null && before.session() == session) {
        margin.observe((before.sentAt() + leaseNanos - now) / 1e9);
      }
    }
  }
}
