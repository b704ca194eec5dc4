package io.sluice.agent;

import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeaseSession;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For how long Kafka has not been heard, told once when it begins and once when it ends. */
final class KafkaSilence {

  private static final Logger log = LoggerFactory.getLogger(KafkaSilence.class);

  /** Shorter, and nobody has forgotten where our addresses are. */
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** When the newest beat that was acknowledged had been sent. */
  private OptionalLong lastHeard = OptionalLong.empty();

  private boolean silent = true;

  /** Time has passed. */
  void note(LeaseSession lease, long now) {
    if (!silent && lease.unacknowledged(now)) {
      silent = true;
      log.warn(
          "silence: the last beat acknowledged was sent {} ms ago; strict grants end, available"
              + " ones go on",
          millis(now - lastHeard.orElse(now)));
    }
  }

  /**
   * A beat was acknowledged, and the lease knows.
   *
   * @return whether that ends a long silence
   */
  boolean heard(LeaseSession lease, Input.BeatAcknowledged beat) {
    boolean isLong = false;
    if (silent && !lease.unacknowledged(beat.receivedAt())) {
      silent = false;
      long nanos = beat.sentAt() - lastHeard.orElse(beat.sentAt());
      log.info("beats are acknowledged, after {} ms of silence", millis(nanos));
      isLong = nanos >= LONG_NANOS;
    }
    lastHeard = OptionalLong.of(beat.sentAt());
    return isLong;
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
