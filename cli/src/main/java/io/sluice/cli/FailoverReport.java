package io.sluice.cli;

import io.sluice.cli.lab.KafkaView.Seen;
import io.sluice.cli.lab.OutsideHost.Arrival;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditEntry;
import io.sluice.model.IpAddress;
import io.sluice.model.NodeKey;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a failover went, put together from what three onlookers noted: the outside host, the Pod that
 * probed, and one who read Kafka.
 *
 * @param events in the order of time
 * @param outage between the last packet the outside host saw before the gap and the first after it
 * @param lost how many of the Pod's probes went without an answer in the gap
 * @param holder the new holder and epoch
 */
record FailoverReport(
    List<Event> events, Optional<Duration> outage, long lost, Optional<NewHolder> holder) {

  FailoverReport {
    events = events.stream().sorted(Comparator.comparing(Event::at)).toList();
  }

  /** Something that happened. */
  record Event(Instant at, String what) {}

  /** Who carries the address now. */
  record NewHolder(String node, long epoch) {}

  /** What was done to whom. */
  record Crash(String node, IpAddress floatingIp, Instant at) {}

  /** Puts it together. */
  static FailoverReport of(
      Crash crash, List<Seen> history, ProbeReport probe, List<Arrival> arrivals) {
    List<Event> events = new ArrayList<>();
    events.add(new Event(crash.at(), "the power cut: cable dead, agent killed"));
    Optional<Gap> gap = gap(crash, arrivals);
    gap.ifPresent(it -> {
      events.add(new Event(it.last(), "last packet arrives outside, through " + crash.node()));
      events.add(new Event(it.first(), "first packet arrives outside again"));
    });
    silence(crash, history)
        .ifPresent(at ->
            events.add(
                new Event(
                    at, "by the log's clock " + crash.node() + " has been silent for too long")));
    Optional<Seen> grant = first(history, seen -> newHolder(crash, seen));
    Optional<NewHolder> holder = grant.flatMap(seen -> newHolder(crash, seen));
    grant.ifPresent(seen ->
        events.add(
            new Event(
                seen.readAt(),
                "the decision is on Kafka: %s to %s, epoch %d"
                    .formatted(
                        crash.floatingIp(),
                        holder.orElseThrow().node(),
                        holder.orElseThrow().epoch()))));
    holder
        .flatMap(it -> inKernel(crash, it, history))
        .ifPresent(at ->
            events.add(
                new Event(at, holder.orElseThrow().node() + " has it in its kernel and says so")));
    Optional<ProbeReport.Outage> silenceOfPod =
        probe.outages().stream()
            .filter(outage -> outage.firstAfter().answeredAt().orElseThrow().isAfter(crash.at()))
            .max(Comparator.comparing(ProbeReport.Outage::duration));
    silenceOfPod
        .flatMap(outage -> outage.firstAfter().answeredAt())
        .ifPresent(at -> events.add(new Event(at, "the Pod has an answer again")));
    return new FailoverReport(
        events,
        gap.map(it -> Duration.between(it.last(), it.first())),
        silenceOfPod.map(ProbeReport.Outage::lost).orElse(0L),
        holder);
  }

  private record Gap(Instant last, Instant first) {

    Duration length() {
      return Duration.between(last, first);
    }
  }

  /** The longest time without packets that ended after the crash. */
  private static Optional<Gap> gap(Crash crash, List<Arrival> arrivals) {
    List<Gap> gaps = new ArrayList<>();
    for (int i = 1; i < arrivals.size(); i++) {
      if (arrivals.get(i).at().isAfter(crash.at())) {
        gaps.add(new Gap(arrivals.get(i - 1).at(), arrivals.get(i).at()));
      }
    }
    return gaps.stream().max(Comparator.comparing(Gap::length));
  }

  private static Optional<Instant> silence(Crash crash, List<Seen> history) {
    return first(history, seen -> silenceIn(crash, seen)).flatMap(seen -> silenceIn(crash, seen));
  }

  private static Optional<Instant> silenceIn(Crash crash, Seen seen) {
    if (!(seen.record().value().orElse(null) instanceof AuditEntry entry)
        || seen.readAt().isBefore(crash.at())) {
      return Optional.empty();
    }
    return entry.changes().stream()
        .filter(change ->
            change instanceof LivenessChanged liveness
                && liveness.node().equals(crash.node())
                && liveness.liveness() == Liveness.SILENT)
        .findFirst()
        .map(_ -> Instant.ofEpochMilli(entry.timeMillis()));
  }

  private static Optional<NewHolder> newHolder(Crash crash, Seen seen) {
    if (seen.readAt().isBefore(crash.at())
        || !(seen.record().key() instanceof AssignmentKey key)
        || !key.floatingIp().equals(crash.floatingIp())
        || !(seen.record().value().orElse(null) instanceof Assignment assignment)
        || assignment.state() != Assignment.State.GRANTED) {
      return Optional.empty();
    }
    return assignment
        .holder()
        .filter(holder -> !holder.node().equals(crash.node()))
        .map(holder -> new NewHolder(holder.node(), assignment.epoch()));
  }

  private static Optional<Instant> inKernel(Crash crash, NewHolder holder, List<Seen> history) {
    return first(
            history,
            seen ->
                seen.record().key() instanceof NodeKey key
                        && key.node().equals(holder.node())
                        && seen.record().value().orElse(null) instanceof AgentReport report
                        && carries(report, crash.floatingIp(), holder.epoch())
                    ? Optional.of(holder)
                    : Optional.empty())
        .map(seen -> Instant.ofEpochMilli(seen.record().timestampMillis()));
  }

  private static boolean carries(AgentReport report, IpAddress floatingIp, long epoch) {
    return report.applied().stream()
        .anyMatch(applied ->
            applied.floatingIp().equals(floatingIp)
                && applied.epoch() >= epoch
                && applied.state() == AppliedState.HELD);
  }

  private static Optional<Seen> first(List<Seen> history, Function<Seen, Optional<?>> wanted) {
    return history.stream().filter(seen -> wanted.apply(seen).isPresent()).findFirst();
  }

  /** One line for each event, with the time since the first. */
  List<String> lines() {
    if (events.isEmpty()) {
      return List.of();
    }
    Instant start = events.getFirst().at();
    return events.stream()
        .map(event ->
            "%10s  %s"
                .formatted(Terminal.millis(Duration.between(start, event.at())), event.what()))
        .toList();
  }
}
