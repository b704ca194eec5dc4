package io.sluice.cli.audit.core;

import io.sluice.allocator.core.AuditTrail;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether the entries of one stream are all there, each once and in order, and each input was
 * decided upon once.
 *
 * <p>Their times are not checked. They are the log's, which follows the broker's clock, and at a
 * start, before the first beat, the machine's: a small step back is no sign of tampering. An entry
 * counts as being from the latest time up to it.
 */
final class StreamCheck {

  private final AuditKey.Stream stream;

  /** The newest cause of each partition of an input topic. */
  private final Map<String, Cause> newest = new HashMap<>();

  private AuditEntry last;
  private long firstSequence;
  private long firstMillis;
  private long count;
  private long latestMillis = Long.MIN_VALUE;
  private long stepsBack;
  private long longestStepBackMillis;

  StreamCheck(AuditKey.Stream stream) {
    this.stream = stream;
  }

  /**
   * Takes the next entry.
   *
   * @throws BrokenLogException if it cannot be the next one
   */
  void take(LoggedEntry logged) {
    AuditEntry entry = logged.entry();
    if (last == null) {
      firstSequence = entry.sequence();
      firstMillis = entry.timeMillis();
    } else {
      checkSequence(logged);
    }
    checkContent(entry);
    checkCause(entry);
    if (entry.timeMillis() < latestMillis) {
      stepsBack++;
      longestStepBackMillis = Math.max(longestStepBackMillis, latestMillis - entry.timeMillis());
    }
    latestMillis = Math.max(latestMillis, entry.timeMillis());
    last = entry;
    count++;
  }

  private void checkSequence(LoggedEntry logged) {
    long expected = last.sequence() + 1;
    long found = logged.entry().sequence();
    if (found > expected) {
      String missing = found == expected + 1 ? "it is missing" : "it and all up to %d are missing";
      throw broken(
          expected,
          missing.formatted(found - 1)
              + ": at offset %d, %d follows on %d"
                  .formatted(logged.offset(), found, last.sequence()));
    }
    if (found < expected) {
      throw broken(
          found,
          "it comes again at offset %d, after %d; two allocators that do not know of each other, or"
                  .formatted(logged.offset(), last.sequence())
              + " one that has lost its state, wrote this log");
    }
  }

  private void checkContent(AuditEntry entry) {
    if (entry.changes().isEmpty()) {
      throw broken(entry.sequence(), "it changes nothing");
    }
    entry
        .changes()
        .forEach(change -> {
          if (change instanceof AssignmentChanged(var ip, var assignment)
              && assignment.auditSequence() != entry.sequence()) {
            throw broken(
                entry.sequence(),
                "its assignment of %s says that sequence %d decided it"
                    .formatted(ip, assignment.auditSequence()));
          }
        });
  }

  private void checkCause(AuditEntry entry) {
    Cause cause = entry.cause();
    if (cause.topic().isEmpty() || continues(entry)) {
      return;
    }
    Cause before = newest.put(cause.topic() + "/" + cause.partition(), cause);
    // A topic that was made anew begins with low offsets again, but at later times.
    if (before != null
        && cause.offset() <= before.offset()
        && cause.timestampMillis() <= before.timestampMillis()) {
      throw broken(
          entry.sequence(),
          "its cause %s %d/%d was decided upon before: %d came already"
              .formatted(cause.topic(), cause.partition(), cause.offset(), before.offset()));
    }
  }

  /** Whether it is the rest of what did not fit into the entry before. */
  boolean continues(AuditEntry entry) {
    return last != null
        && last.changes().size() >= AuditTrail.MAX_CHANGES
        && last.cause().equals(entry.cause());
  }

  private BrokenLogException broken(long sequence, String fault) {
    return new BrokenLogException(stream, sequence, fault);
  }

  boolean isEmpty() {
    return last == null;
  }

  /** Whether the stream was seen from its first entry on. */
  boolean isFromBeginning() {
    return firstSequence == 1;
  }

  /** The latest time so far. */
  long latestMillis() {
    return latestMillis;
  }

  StreamSummary summary() {
    return new StreamSummary(
        stream,
        count,
        firstSequence,
        last.sequence(),
        firstMillis,
        latestMillis,
        stepsBack,
        longestStepBackMillis);
  }
}
