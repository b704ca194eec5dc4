package io.sluice.watcher;

import java.time.Duration;

/** How long to wait before something that failed is tried again: twice as long each time. */
final class RetryPause {

  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private RetryPause() {}

  /**
   * The next pause.
   *
   * @param last the pause before the try that failed; zero if it was the first one
   */
  static Duration after(Duration last) {
    Duration next = last.isZero() ? FIRST : last.multipliedBy(2);
    return next.compareTo(LONGEST) < 0 ? next : LONGEST;
  }
}
