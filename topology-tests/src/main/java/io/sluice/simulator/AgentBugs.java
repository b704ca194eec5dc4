package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Mistakes in what surrounds an agent's core. */
final class AgentBugs {

  private AgentBugs() {}

  /** A stale record is dressed up as the newest. */
  static final class SkipEpochCheck extends Behaviour {
    private final Map<String, Map<IpAddress, Long>> highest = new HashMap<>();

    @Override
    Input delivered(String node, Input input) {
      if (!(input instanceof Input.AssignmentRead(var ip, var assignment))
          || assignment.isEmpty()) {
        return input;
      }
      Map<IpAddress, Long> known = highest.computeIfAbsent(node, _ -> new HashMap<>());
      long epoch = assignment.get().epoch();
      long told = epoch >= known.getOrDefault(ip, 0L) ? epoch : known.get(ip) + 1;
      known.put(ip, Math.max(epoch, known.getOrDefault(ip, 0L)));
      return new Input.AssignmentRead(ip, Optional.of(withEpoch(assignment.get(), told)));
    }

    private static Assignment withEpoch(Assignment of, long epoch) {
      return new Assignment(
          of.state(),
          of.holder(),
          epoch,
          of.gateway(),
          of.leaseMode(),
          of.auditSequence(),
          of.reason(),
          of.successor());
    }
  }

  /** To be named as the successor counts as having been granted the address. */
  static final class OpensBeforeGrant extends Behaviour {
    @Override
    Input delivered(String node, Input input) {
      return input instanceof Input.AssignmentRead(var ip, var assignment)
              && assignment.isPresent()
              && assignment.get().successor().filter(s -> s.node().equals(node)).isPresent()
          ? new Input.AssignmentRead(ip, assignment.map(OpensBeforeGrant::asGranted))
          : input;
    }

    private static Assignment asGranted(Assignment of) {
      return new Assignment(
          Assignment.State.GRANTED,
          of.successor(),
          of.epoch() + 1,
          of.gateway(),
          of.leaseMode(),
          of.auditSequence(),
          of.reason());
    }
  }

  static final class LossOfCarrierUnnoticed extends Behaviour {
    @Override
    boolean noticesLossOfCarrier() {
      return false;
    }
  }

  static final class SessionNotTold extends Behaviour {
    private final Map<String, Long> first = new HashMap<>();

    @Override
    long sessionTold(String node, long session) {
      return first.computeIfAbsent(node, _ -> session);
    }
  }

  static final class InstanceReused extends Behaviour {
    @Override
    String instance(String node, int incarnation) {
      return node;
    }
  }

  static final class LeaseAsLongAsSilence extends Behaviour {
    @Override
    long leaseMillis(AllocationSettings settings) {
      return settings.silenceMillis() + settings.beatIntervalMillis();
    }

    @Override
    AgentReport reported(AgentReport report) {
      return report.withLeases(Optional.empty());
    }
  }

  static final class LeaseFromAcknowledgement extends Behaviour {
    @Override
    long leaseCountsFrom(long sentAt, long receivedAt) {
      return receivedAt;
    }
  }

  static final class LeaseByWallClock extends Behaviour {
    @Override
    long leaseClock(NodeClock clock) {
      return clock.wall();
    }
  }

  static final class PruneBeforeTopicsRead extends Behaviour {
    @Override
    boolean readsToTheEndFirst() {
      return false;
    }
  }

  static final class ReadUncommitted extends Behaviour {
    @Override
    boolean readsCommittedOnly() {
      return false;
    }
  }

  static final class ReleaseReportedEarly extends Behaviour {
    @Override
    long releaseReportedEarlyNanos() {
      return TimeUnit.MILLISECONDS.toNanos(40);
    }
  }

  static final class FarewellBeforeRelease extends Behaviour {
    @Override
    long farewellSaidEarlyNanos() {
      return TimeUnit.MILLISECONDS.toNanos(60);
    }
  }

  static final class KeptForRestartWhenCutOff extends Behaviour {
    @Override
    boolean keepsForRestartWhenCutOff() {
      return true;
    }
  }

  static final class ReportNotRepeated extends Behaviour {
    @Override
    boolean repeatsReports() {
      return false;
    }
  }

  static final class DriftUnnoticed extends Behaviour {
    @Override
    boolean noticesDrift() {
      return false;
    }
  }

  static final class AsksNotWhileCutOff extends Behaviour {
    @Override
    boolean asksWhileCutOff() {
      return false;
    }
  }

  static final class AsksNotAfterFreeze extends Behaviour {
    @Override
    boolean asksAfterFreeze() {
      return false;
    }
  }

  static final class FormerGrantsCount extends Behaviour {
    @Override
    boolean formerGrantsCount() {
      return true;
    }

    @Override
    Input delivered(String node, Input input) {
      return FormerGrant.delivered(input);
    }

    @Override
    AgentReport reported(AgentReport report) {
      return FormerGrant.reported(report);
    }
  }

  static final class NoWatch extends Behaviour {
    @Override
    boolean watchesTheWire() {
      return false;
    }
  }
}
