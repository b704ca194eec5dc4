package io.sluice.cli.audit;

import io.sluice.cli.audit.Answer.Phrase;
import io.sluice.cli.audit.Answer.Row;
import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.Decision;
import io.sluice.cli.audit.core.PolicyUse;
import io.sluice.cli.audit.core.StreamSummary;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.BindingId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What several answers have in common. */
final class Phrases {

  private static final int FACTS = 3;

  private Phrases() {}

  static Instant time(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  static Optional<Instant> time(Optional<Decision> decision) {
    return decision.map(it -> time(it.timeMillis()));
  }

  /** Which entry of the log it is, and upon what it was decided. */
  static Optional<Phrase> decision(Optional<Decision> decision) {
    return decision.map(Phrases::decision);
  }

  static Phrase decision(Decision decision) {
    List<String> facts = decision.factSentences();
    String first = facts.stream().limit(FACTS).collect(Collectors.joining(", "));
    String text =
        "%s %d%s%s (%s)"
            .formatted(
                name(decision.stream()),
                decision.sequence(),
                facts.isEmpty() ? "" : ": " + first,
                facts.size() > FACTS ? " and " + (facts.size() - FACTS) + " more" : "",
                cause(decision.cause()));
    return new Phrase(
        text,
        new Row()
            .with("stream", decision.stream())
            .with("sequence", decision.sequence())
            .with("offset", decision.offset())
            .with("time", time(decision.timeMillis()))
            .with("cause", causeRow(decision.cause()))
            .with("facts", facts));
  }

  private static String cause(Cause cause) {
    return cause.topic().isEmpty()
        ? "time passed"
        : "%s %d/%d".formatted(cause.topic(), cause.partition(), cause.offset());
  }

  private static Row causeRow(Cause cause) {
    Row row = new Row().with("kind", cause.topic().isEmpty() ? "TICK" : "RECORD");
    if (!cause.topic().isEmpty()) {
      row.with("topic", cause.topic())
          .with("partition", cause.partition())
          .with("offset", cause.offset());
    }
    return row.with("time", time(cause.timestampMillis()));
  }

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static Optional<String> node(Assignment assignment) {
    return assignment.holder().map(Holder::node);
  }

  /** Where it is, as the end of a sentence. */
  static String whereabouts(Assignment assignment) {
    return switch (assignment.state()) {
      case GRANTED -> "on " + node(assignment).orElseThrow() + next(assignment, ", to move to ");
      case RELEASING ->
          "being asked back from " + node(assignment).orElseThrow() + next(assignment, " for ");
      case UNASSIGNED -> "on no node";
    };
  }

  private static String next(Assignment assignment, String words) {
    return assignment.successor().map(next -> words + next.node()).orElse("");
  }

  static String pod(BindingId.OfPod pod) {
    return pod.namespace() + "/" + pod.pod();
  }

  static List<Row> pods(String policy, List<PolicyUse.PodUse> pods) {
    return pods.stream()
        .map(pod ->
            new Row()
                .with("pod", pod(pod.id()))
                .with("policy", policy)
                .with("addresses", pod.binding().podIps())
                .with("node", pod.binding().node())
                .with("since", time(pod.decision()))
                .with("decision", decision(pod.decision())))
        .toList();
  }

  static List<Row> policies(List<PolicyUse> policies) {
    return policies.stream()
        .map(use ->
            new Row()
                .with("policy", use.policy())
                .with("destinations", use.binding().destinations())
                .with("pods", use.pods().size())
                .with("since", time(use.decision()))
                .with("decision", decision(use.decision())))
        .toList();
  }

  static List<Row> podsOf(List<PolicyUse> policies) {
    return policies.stream().flatMap(use -> pods(use.policy(), use.pods()).stream()).toList();
  }

  /** Says so if the beginning of the log is gone, for then an answer may lack something. */
  static void noteMissingBeginning(AuditFold fold, Answer answer) {
    List<String> missing =
        fold.summaries().stream()
            .filter(stream -> stream.firstSequence() != 1)
            .map(Phrases::missing)
            .toList();
    if (!missing.isEmpty()) {
      answer.with(
          "note", String.join("; ", missing) + "; what was decided earlier is not taken in");
    }
  }

  private static String missing(StreamSummary stream) {
    return "the %s log begins with sequence %d"
        .formatted(name(stream.stream()), stream.firstSequence());
  }
}
