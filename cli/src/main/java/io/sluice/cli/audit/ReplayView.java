package io.sluice.cli.audit;

import io.sluice.cli.audit.Answer.Row;
import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.BrokenLogException;
import io.sluice.cli.audit.core.Difference;
import io.sluice.cli.audit.core.Move;
import io.sluice.cli.audit.core.StreamSummary;
import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Policy;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code sluice replay} answers. */
final class ReplayView {

  private ReplayView() {}

  /** Whether the log explains the live state. */
  static Answer compared(String cluster, AuditFold fold, List<Difference> differences) {
    String verdict =
        differences.isEmpty()
            ? "give exactly the live state"
            : "do not give the live state: it differs in %d place(s)".formatted(differences.size());
    return summary(cluster, fold, verdict)
        .with("identical", differences.isEmpty())
        .with(
            "compared",
            "%d floating IPs, %d bindings"
                .formatted(fold.allocation().assignments().size(), fold.bindings().size()))
        .with("moves", moves(fold))
        .with("streams", fold.summaries().stream().map(ReplayView::stream).toList())
        .with("differences", differences.stream().map(ReplayView::difference).toList());
  }

  private static Answer summary(String cluster, AuditFold fold, String verdict) {
    long entries = fold.summaries().stream().mapToLong(StreamSummary::entries).sum();
    return new Answer(
            String.format(
                Locale.ROOT,
                "Cluster %s: %,d entries with %,d decisions (failovers: %,d) %s.",
                cluster,
                entries,
                fold.decisions(),
                fold.moves(Move.Kind.FAILED_OVER),
                verdict))
        .with("cluster", cluster)
        .with("sound", true)
        .with("entries", entries)
        .with("decisions", fold.decisions());
  }

  private static List<Row> moves(AuditFold fold) {
    return List.of(Move.Kind.values()).stream()
        .map(kind -> new Row().with("move", kind.text()).with("count", fold.moves(kind)))
        .toList();
  }

  private static Row stream(StreamSummary stream) {
    return new Row()
        .with("stream", Phrases.name(stream.stream()))
        .with("entries", stream.entries())
        .with("firstSequence", stream.firstSequence())
        .with("lastSequence", stream.lastSequence())
        .with("firstTime", Phrases.time(stream.firstMillis()))
        .with("lastTime", Phrases.time(stream.lastMillis()))
        .with("stepsBackInTime", stream.stepsBack())
        .with("longestStepBackMillis", stream.longestStepBackMillis());
  }

  private static Row difference(Difference difference) {
    return new Row()
        .with("what", difference.entity())
        .with("differsIn", difference.fields())
        .with("theLogSays", difference.replayed())
        .with("theTopicsSay", difference.live());
  }

  /** That the log is refused, for programs. */
  static Answer broken(String cluster, BrokenLogException broken) {
    return new Answer(broken.getMessage())
        .with("cluster", cluster)
        .with("sound", false)
        .with("stream", broken.stream())
        .with("sequence", broken.sequence())
        .with("fault", broken.fault());
  }

  /** The state where the fold ends. */
  static Answer asOf(String cluster, AuditFold fold, Instant at, ZoneId zone) {
    Map<BindingId, Binding> bindings = fold.bindings();
    return new Answer(
            String.format(
                Locale.ROOT,
                "Cluster %s as of %s, by %,d decisions.",
                cluster,
                AuditTime.text(at, zone),
                fold.decisions()))
        .with("cluster", cluster)
        .with("at", at)
        .with("decisions", fold.decisions())
        .with("nodes", nodes(fold))
        .with("floatingIPs", floatingIps(fold))
        .with("policies", policies(fold, bindings))
        .withForPrograms("pods", pods(bindings))
        .withForPrograms(
            "clusterNetworks",
            bindings.get(new BindingId.ClusterNetworks()) instanceof Binding.ClusterNetworks of
                ? of.networks()
                : List.of());
  }

  private static List<Row> nodes(AuditFold fold) {
    return fold.allocation().liveness().values().stream()
        .map(node ->
            new Row()
                .with("name", node.node())
                .with("liveness", Phrases.name(node.liveness()))
                .with("session", node.session())
                .with("since", Phrases.time(node.sinceMillis())))
        .toList();
  }

  private static List<Row> floatingIps(AuditFold fold) {
    return fold.allocation().assignments().entrySet().stream()
        .map(entry -> {
          Assignment assignment = entry.getValue();
          return new Row()
              .with("address", entry.getKey())
              .with("state", Phrases.name(assignment.state()))
              .with("node", Phrases.node(assignment))
              .with("epoch", assignment.epoch())
              .with("since", Phrases.time(fold.origin(entry.getKey())))
              .with("why", assignment.reason())
              .with("decision", Phrases.decision(fold.origin(entry.getKey())));
        })
        .toList();
  }

  private static List<Row> policies(AuditFold fold, Map<BindingId, Binding> bindings) {
    return bindings.entrySet().stream()
        .filter(entry ->
            entry.getKey() instanceof BindingId.OfPolicy
                && entry.getValue() instanceof Binding.OfPolicy)
        .map(entry ->
            policy(fold, (BindingId.OfPolicy) entry.getKey(), (Binding.OfPolicy) entry.getValue()))
        .sorted(Comparator.comparing(NamedRow::name))
        .map(NamedRow::row)
        .toList();
  }

  private record NamedRow(String name, Row row) {}

  private static NamedRow policy(AuditFold fold, BindingId.OfPolicy id, Binding.OfPolicy binding) {
    return new NamedRow(
        id.policy(),
        new Row()
            .with("name", id.policy())
            .with("action", binding.action() == Policy.Action.SNAT ? "SNAT" : "NoSNAT")
            .with("destinations", binding.destinations())
            .with("egressIPs", binding.egressIps())
            .with("pods", fold.selection().matchedPods(id.policy()))
            .with("decision", Phrases.decision(fold.origin(id))));
  }

  private static List<Row> pods(Map<BindingId, Binding> bindings) {
    return bindings.entrySet().stream()
        .filter(entry -> entry.getValue() instanceof Binding.OfPod)
        .map(entry -> {
          BindingId.OfPod id = (BindingId.OfPod) entry.getKey();
          Binding.OfPod binding = (Binding.OfPod) entry.getValue();
          return new NamedRow(
              id.policy() + " " + Phrases.pod(id),
              new Row()
                  .with("pod", Phrases.pod(id))
                  .with("policy", id.policy())
                  .with("addresses", binding.podIps())
                  .with("node", binding.node()));
        })
        .sorted(Comparator.comparing(NamedRow::name))
        .map(NamedRow::row)
        .toList();
  }
}
