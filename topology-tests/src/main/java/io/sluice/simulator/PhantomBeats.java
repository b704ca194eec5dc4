package io.sluice.simulator;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput.Beat;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import java.util.ArrayList;
import java.util.List;

/** Beats of a node that is none: with them a log that stood still looks as if it had not. */
final class PhantomBeats {

  private static final long EVERY_MILLIS = 25;

  private final Allocation allocation;
  private long sequence;

  PhantomBeats(Allocation allocation) {
    this.allocation = allocation;
  }

  /** Fills the time between the two. */
  List<AuditEntry> fill(long fromMillis, long toMillis) {
    List<AuditEntry> entries = new ArrayList<>();
    for (long millis = fromMillis; millis < toMillis; millis += EVERY_MILLIS) {
      Heartbeat beat = new Heartbeat("phantom", 1, ++sequence, 100, Intent.RUNNING);
      entries.addAll(allocation.on(new Beat("phantom", beat), Cause.tick(millis), millis));
    }
    return entries;
  }
}
