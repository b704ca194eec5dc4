package io.sluice.cli.load.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Many requests at once, and a word every now and then of how many have been answered. */
final class Crowd {

  private static final int AT_ONCE = 32;
  private static final long PROGRESS_SECONDS = 10;

  private final Progress progress;

  Crowd(Progress progress) {
    this.progress = progress;
  }

  /**
   * Does something for each number from 0 on.
   *
   * @param what they are, in the plural
   * @throws LabException if the API server refused one of them
   */
  void each(String what, int count, IntConsumer action) {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(AT_ONCE);
    for (int worker = 0; worker < AT_ONCE; worker++) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (int number = next.getAndIncrement();
                  number < count && failure.get() == null;
                  number = next.getAndIncrement()) {
                action.accept(number);
                done.incrementAndGet();
              }
            } catch (RuntimeException e) {
              failure.compareAndSet(null, e);
            } finally {
              ended.countDown();
            }
          });
    }
    await(ended, () -> progress.done("%,d of %,d %s".formatted(done.get(), count, what)));
    switch (failure.get()) {
      case null -> progress.done("%,d %s".formatted(count, what));
      case KubernetesClientException e -> throw ApiCluster.refused(e);
      case RuntimeException e -> throw e;
    }
  }

  private static void await(CountDownLatch ended, Runnable word) {
    try {
      while (!ended.await(PROGRESS_SECONDS, TimeUnit.SECONDS)) {
        word.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}
