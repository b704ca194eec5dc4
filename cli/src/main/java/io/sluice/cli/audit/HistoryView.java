package io.sluice.cli.audit;

import io.sluice.cli.audit.Answer.Row;
import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.IpHistory;
import io.sluice.cli.audit.core.IpHistory.Event;
import io.sluice.cli.lab.LabException;
import io.sluice.model.Assignment;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code sluice history} answers. */
final class HistoryView {

  private HistoryView() {}

  /**
   * The answer.
   *
   * @throws LabException if the log does not name the address
   */
  static Answer of(AuditFold fold, IpAddress ip, IpHistory history) {
    List<Event> events = history.events();
    if (events.isEmpty()) {
      throw Refusals.unknownIp(fold, ip);
    }
    String now =
        Optional.ofNullable(fold.allocation().assignments().get(ip))
            .map(it -> "%s, epoch %d".formatted(Phrases.whereabouts(it), it.epoch()))
            .orElse("on no node");
    List<Row> rows = events.stream().flatMap(event -> rows(event).stream()).toList();
    Answer answer =
        new Answer("%s is %s.".formatted(ip, now)).with("address", ip).with("events", rows);
    Phrases.noteMissingBeginning(fold, answer);
    return answer;
  }

  private static List<Row> rows(Event event) {
    return switch (event) {
      case Event.Moved(var move, var policies, var pods) ->
          List.of(row(event, move.kind().text(), Optional.of(move.after()), policies, pods));
      case Event.PolicyChanged(_, var policy, var leaves, var pods) ->
          List.of(row(event, leaves ? "policy uses it" : "policy leaves it", policy, pods));
      case Event.PodsChanged(_, var policy, var bound, var unbound) -> {
        List<Row> rows = new ArrayList<>();
        if (!bound.isEmpty()) {
          rows.add(row(event, "Pods matched", policy, bound));
        }
        if (!unbound.isEmpty()) {
          rows.add(row(event, "Pods no longer matched", policy, unbound));
        }
        yield rows;
      }
    };
  }

  private static Row row(Event event, String what, String policy, List<BindingId.OfPod> pods) {
    return row(event, what, Optional.empty(), List.of(policy), pods);
  }

  private static Row row(
      Event event,
      String what,
      Optional<Assignment> assignment,
      List<String> policies,
      List<BindingId.OfPod> pods) {
    return new Row()
        .with("time", Phrases.time(event.decision().timeMillis()))
        .with("event", what)
        .with("node", assignment.flatMap(Phrases::node))
        .with("epoch", assignment.map(Assignment::epoch))
        .with("policies", policies)
        .with("pods", pods.stream().map(Phrases::pod).toList())
        .with("why", assignment.map(Assignment::reason))
        .with("decision", Phrases.decision(event.decision()));
  }
}
