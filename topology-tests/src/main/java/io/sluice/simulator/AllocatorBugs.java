package io.sluice.simulator;

import io.sluice.allocator.core.Decider;
import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.allocator.core.allocation.AllocationInput.Beat;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Mistakes in what surrounds the allocator's core. */
final class AllocatorBugs {

  private AllocatorBugs() {}

  /** What is decided is not what the core decided. */
  private abstract static class Rewriting extends Behaviour {

    /** What is decided instead; the same if it is right. */
    abstract StateChange instead(StateChange change);

    @Override
    final Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new RewritingDecider(allocation, this::instead);
    }
  }

  static final class NoGapRule extends Behaviour {
    @Override
    Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new WrappedDecider(allocation) {
        private final PhantomBeats phantoms = new PhantomBeats(allocation);
        private long lastMillis = Long.MAX_VALUE;

        @Override
        public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
          List<AuditEntry> entries = new ArrayList<>();
          if (input instanceof Beat) {
            entries.addAll(phantoms.fill(lastMillis, nowMillis));
            lastMillis = nowMillis;
          }
          entries.addAll(super.on(input, cause, nowMillis));
          return entries;
        }
      };
    }
  }

  static final class TimersKept extends Behaviour {
    private final Map<String, Beat> beats = new TreeMap<>();
    private final Map<String, Long> times = new TreeMap<>();

    @Override
    Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new WrappedDecider(allocation) {
        private boolean begun;

        @Override
        public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
          List<AuditEntry> entries = new ArrayList<>();
          if (!begun) {
            begun = true;
            entries.addAll(goOn(allocation, logMillis.getAsLong()));
          }
          if (input instanceof Beat beat) {
            beats.put(beat.node(), beat);
            times.put(beat.node(), nowMillis);
          }
          entries.addAll(super.on(input, cause, nowMillis));
          return entries;
        }
      };
    }

    private List<AuditEntry> goOn(Allocation allocation, long nowMillis) {
      List<AuditEntry> entries = new ArrayList<>();
      long lastMillis = times.values().stream().mapToLong(Long::longValue).max().orElse(nowMillis);
      beats.forEach((node, beat) ->
          entries.addAll(allocation.on(beat, Cause.tick(times.get(node)), times.get(node))));
      entries.addAll(new PhantomBeats(allocation).fill(lastMillis, nowMillis));
      return entries;
    }
  }

  static final class SilenceByOwnClock extends Behaviour {
    @Override
    Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new WrappedDecider(allocation) {
        @Override
        public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
          return super.on(input, cause, wallMillis.getAsLong());
        }

        @Override
        public List<AuditEntry> tick(long nowMillis) {
          return super.tick(wallMillis.getAsLong());
        }
      };
    }
  }

  static final class GrantWithoutRelease extends Behaviour {
    @Override
    Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new ImpatientDecider(allocation);
    }
  }

  static final class EpochNotRaised extends Rewriting {
    @Override
    StateChange instead(StateChange change) {
      return change instanceof AssignmentChanged assigned
              && assigned.assignment().state() == Assignment.State.GRANTED
              && assigned.assignment().epoch() > 1
          ? withEpoch(assigned, assigned.assignment().epoch() - 1)
          : change;
    }
  }

  static final class HealthyMoved extends Behaviour {
    @Override
    Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new RestlessDecider(allocation);
    }
  }

  static final class EpochsForgotten extends Behaviour {
    @Override
    Decider<AllocationInput> decider(
        Allocation allocation, LongSupplier logMillis, LongSupplier wallMillis) {
      return new WrappedDecider(allocation) {
        @Override
        public void restore(StateChange change) {
          boolean nowhere =
              change instanceof AssignmentChanged(_, var assignment)
                  && assignment.state() == Assignment.State.UNASSIGNED;
          if (!nowhere) {
            super.restore(change);
          }
        }
      };
    }
  }

  /** Known only to the task that heard of it. */
  static final class RestartForgotten extends Rewriting {
    @Override
    StateChange instead(StateChange change) {
      return change instanceof LivenessChanged(var node, var liveness, var session, var since)
              && liveness == StateChange.Liveness.RESTARTING
          ? new LivenessChanged(node, StateChange.Liveness.ALIVE, session, since)
          : change;
    }
  }

  static final class AskedBeforeReady extends Rewriting {
    @Override
    StateChange instead(StateChange change) {
      return change instanceof AssignmentChanged assigned && assigned.assignment().isBeingPrepared()
          ? asked(assigned)
          : change;
    }

    private static AssignmentChanged asked(AssignmentChanged change) {
      Assignment of = change.assignment();
      return new AssignmentChanged(
          change.floatingIp(),
          new Assignment(
              Assignment.State.RELEASING,
              of.holder(),
              of.epoch(),
              of.gateway(),
              of.leaseMode(),
              of.auditSequence(),
              of.reason(),
              of.successor()));
    }
  }

  static final class WaitWithoutBound extends Behaviour {
    @Override
    AllocationSettings settings(AllocationSettings right) {
      return new AllocationSettings(
          right.beatIntervalMillis(),
          right.leaseMillis(),
          right.silenceMillis(),
          right.restartGraceMillis(),
          right.rebalanceAfterMillis(),
          right.rebalanceIntervalMillis(),
          right.holdOff(),
          TimeUnit.HOURS.toMillis(1),
          right.applyMillis());
    }
  }

  static final class UnappliedGrantKept extends Behaviour {
    @Override
    AllocationSettings settings(AllocationSettings right) {
      return new AllocationSettings(
          right.beatIntervalMillis(),
          right.leaseMillis(),
          right.silenceMillis(),
          right.restartGraceMillis(),
          right.rebalanceAfterMillis(),
          right.rebalanceIntervalMillis(),
          right.holdOff(),
          right.handoverMillis(),
          TimeUnit.HOURS.toMillis(1));
    }
  }

  static final class HoldOffNotKept extends Rewriting {
    @Override
    StateChange instead(StateChange change) {
      return change instanceof HoldOffChanged(var node, var flaps, var since, _)
          ? new HoldOffChanged(node, flaps, since, OptionalLong.empty())
          : change;
    }
  }

  static final class NotFenced extends Behaviour {
    @Override
    boolean fencesReplacedTasks() {
      return false;
    }
  }

  static final class OutputsBeforeOffsets extends Behaviour {
    @Override
    boolean commitsOutputsWithOffsets() {
      return false;
    }
  }

  static final class AuditEntryLost extends Behaviour {
    @Override
    List<AuditEntry> written(List<AuditEntry> entries) {
      return entries.stream()
          .filter(entry ->
              !entry.changes().stream().allMatch(StateChange.ResourceObserved.class::isInstance))
          .toList();
    }
  }

  static final class AcknowledgedBeatsLost extends Behaviour {
    @Override
    long acknowledgedTooEarlyNanos() {
      return TimeUnit.MILLISECONDS.toNanos(180);
    }
  }

  static AssignmentChanged withEpoch(AssignmentChanged change, long epoch) {
    Assignment of = change.assignment();
    return new AssignmentChanged(
        change.floatingIp(),
        new Assignment(
            of.state(),
            of.holder(),
            epoch,
            of.gateway(),
            of.leaseMode(),
            of.auditSequence(),
            of.reason(),
            of.successor()));
  }
}
