package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.WhoHad;
import io.sluice.cli.lab.LabException;
import io.sluice.model.Assignment;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** What {@code sluice who-had} answers. */
final class WhoHadView {

  private WhoHadView() {}

  /**
   * The answer.
   *
   * @param fold the log up to the time
   * @param next what the log says of the address afterwards
   * @throws LabException if the log does not know
   */
  static Answer of(AuditFold fold, WhoHad had, WhoHad.Next next, Instant at, ZoneId zone) {
    if (had.where().assignment().isEmpty()) {
      return nobodySoFar(fold, had, next, at, zone);
    }
    Assignment assignment = had.where().assignment().get();
    Answer answer =
        new Answer(sentence(had, assignment, AuditTime.text(at, zone)))
            .with("address", had.where().ip())
            .with("at", at)
            .with("holder", Phrases.node(assignment))
            .with("session", assignment.holder().map(Assignment.Holder::session))
            .with("state", Phrases.name(assignment.state()))
            .with("epoch", assignment.epoch())
            .with("inTheKernel", had.where().reportedHeld())
            .with("gateway", assignment.gateway())
            .with("since", Phrases.time(had.where().decision()))
            .with("why", assignment.reason())
            .with("decision", Phrases.decision(had.where().decision()))
            .with("until", next.assignment().map(_ -> Phrases.time(next.atMillis())))
            .with("then", next.assignment().map(WhoHadView::what))
            .with("policies", Phrases.policies(had.policies()))
            .with("pods", Phrases.podsOf(had.policies()));
    Phrases.noteMissingBeginning(fold, answer);
    return answer;
  }

  private static String sentence(WhoHad had, Assignment assignment, String at) {
    String node = Phrases.node(assignment).orElse("nobody");
    return switch (assignment.state()) {
      case GRANTED -> "%s had %s at %s.".formatted(node, had.where().ip(), at);
      case RELEASING ->
          "%s had %s at %s, and had been asked to let go of it."
              .formatted(node, had.where().ip(), at);
      case UNASSIGNED ->
          "Nobody had %s at %s: %s.".formatted(had.where().ip(), at, assignment.reason());
    };
  }

  private static String what(Assignment next) {
    return "%s: %s".formatted(Phrases.whereabouts(next), next.reason());
  }

  private static Answer nobodySoFar(
      AuditFold fold, WhoHad had, WhoHad.Next next, Instant at, ZoneId zone) {
    boolean complete = fold.summaries().stream().allMatch(it -> it.firstSequence() == 1);
    if (!complete) {
      throw new LabException(
          "the log does not say who had %s at %s: its beginning is gone, and what is left does not"
                  .formatted(had.where().ip(), AuditTime.text(at, zone))
              + " name the address up to then; ask a copy that has the beginning");
    }
    if (next.assignment().isEmpty()) {
      throw Refusals.unknownIp(fold, had.where().ip());
    }
    Instant first = Phrases.time(next.atMillis());
    return new Answer(
            "Nobody had %s at %s: no gateway had listed it so far."
                .formatted(had.where().ip(), AuditTime.text(at, zone)))
        .with("address", had.where().ip())
        .with("at", at)
        .with("holder", Optional.empty())
        .with("until", first)
        .with("then", next.assignment().map(WhoHadView::what));
  }
}
