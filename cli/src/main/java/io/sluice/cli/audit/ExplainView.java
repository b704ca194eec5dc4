package io.sluice.cli.audit;

import io.sluice.allocator.core.allocation.Reasons;
import io.sluice.cli.audit.Answer.Row;
import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.Explanation;
import io.sluice.cli.audit.core.Move;
import io.sluice.cli.audit.core.Whereabouts;
import io.sluice.cli.audit.core.WhoHad;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Binding;
import io.sluice.model.Node;
import io.sluice.model.Policy;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.LivenessChanged;
import io.sluice.model.Status.Truth;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code sluice explain} answers. */
final class ExplainView {

  private ExplainView() {}

  /**
   * The answer.
   *
   * @param moves the last ones that concern it
   */
  static Answer of(AuditFold fold, Explanation explanation, List<Move> moves) {
    Answer answer =
        switch (explanation) {
          case Explanation.OfIp ip -> ofIp(ip);
          case Explanation.OfPolicy policy -> ofPolicy(policy);
          case Explanation.OfNode node -> ofNode(node);
        };
    if (!moves.isEmpty()) {
      answer.with("lastMoves", moves.stream().map(ExplainView::move).toList());
    }
    Phrases.noteMissingBeginning(fold, answer);
    return answer;
  }

  private static Row move(Move move) {
    return new Row()
        .with("time", Phrases.time(move.decision().timeMillis()))
        .with("address", move.ip())
        .with("event", move.kind().text())
        .with("from", move.before().flatMap(Phrases::node))
        .with("to", Phrases.node(move.after()))
        .with("epoch", move.after().epoch())
        .with("why", move.after().reason())
        .with("decision", Phrases.decision(move.decision()));
  }

  // ---- a floating IP ----------------------------------------------------------------------------

  private static Answer ofIp(Explanation.OfIp explanation) {
    WhoHad had = explanation.had();
    Whereabouts where = had.where();
    Optional<Assignment> assignment = where.assignment();
    return new Answer(assignment.map(it -> sentence(where, it)).orElseGet(() -> notYet(where)))
        .with("address", where.ip())
        .with("state", assignment.map(it -> Phrases.name(it.state())))
        .with("node", assignment.flatMap(Phrases::node))
        .with("movesTo", assignment.flatMap(Assignment::successor).map(Holder::node))
        .with("session", assignment.flatMap(Assignment::holder).map(Holder::session))
        .with("epoch", assignment.map(Assignment::epoch))
        .with("inTheKernel", where.reportedHeld())
        .with("gateway", explanation.gateway())
        .with("leaseMode", assignment.map(it -> Phrases.name(it.leaseMode())))
        .with("since", Phrases.time(where.decision()))
        .with("why", assignment.map(Assignment::reason))
        .with("decision", Phrases.decision(where.decision()))
        .with("nodes", fitness(explanation.nodes(), "node"))
        .with("policies", Phrases.policies(had.policies()))
        .with("pods", Phrases.podsOf(had.policies()));
  }

  private static String sentence(Whereabouts where, Assignment assignment) {
    String node = Phrases.node(assignment).orElse("");
    return switch (assignment.state()) {
      case GRANTED ->
          "%s is on %s: %s.%s"
                  .formatted(
                      where.ip(),
                      node,
                      assignment.reason(),
                      where.reportedHeld()
                          ? ""
                          : " Its agent has not reported yet that the kernel carries it.")
              + assignment
                  .successor()
                  .map(next ->
                      " It moves to %s as soon as the agent there is ready.".formatted(next.node()))
                  .orElse("");
      case RELEASING ->
          ("%s is being asked back from %s: %s. It goes %s as soon as the agent of %s"
                  + " reports that it has let go, or its lease ends.")
              .formatted(
                  where.ip(),
                  node,
                  assignment.reason(),
                  assignment.successor().map(next -> "to " + next.node()).orElse("elsewhere"),
                  node);
      case UNASSIGNED ->
          "%s is on no node: %s. Packets that should leave with it do not leave."
              .formatted(where.ip(), assignment.reason());
    };
  }

  private static String notYet(Whereabouts where) {
    return "%s is on no node: a gateway lists it, and nothing was decided on it so far."
        .formatted(where.ip());
  }

  private static List<Row> fitness(Map<?, String> unfit, String of) {
    return unfit.entrySet().stream()
        .map(entry ->
            new Row()
                .with(of, entry.getKey())
                .with("mayCarryIt", entry.getValue().isEmpty())
                .with("becauseIt", entry.getValue()))
        .toList();
  }

  // ---- a policy ---------------------------------------------------------------------------------

  private static Answer ofPolicy(Explanation.OfPolicy explanation) {
    boolean ready = explanation.status().filter(it -> it.truth() == Truth.TRUE).isPresent();
    return new Answer(
            "Policy %s is %s: %s."
                .formatted(
                    explanation.policy(),
                    ready ? "in effect" : "not fully in effect",
                    explanation.status().map(it -> it.message()).orElse("no status")))
        .with("policy", explanation.policy())
        .with("ready", ready)
        .with("reason", explanation.status().map(it -> it.reason()))
        .with(
            "action",
            explanation.binding().map(it -> it.action() == Policy.Action.SNAT ? "SNAT" : "NoSNAT"))
        .with("destinations", explanation.binding().map(Binding.OfPolicy::destinations))
        .with("written", Phrases.decision(explanation.written()))
        .with("chosen", Phrases.decision(explanation.chosen()))
        .with("egressIPs", explanation.egressIps().stream().map(ExplainView::whereabouts).toList())
        .with("pods", Phrases.pods(explanation.policy(), explanation.pods()));
  }

  private static Row whereabouts(Whereabouts where) {
    Optional<Assignment> assignment = where.assignment();
    return new Row()
        .with("address", where.ip())
        .with("state", assignment.map(it -> Phrases.name(it.state())))
        .with("node", assignment.flatMap(Phrases::node))
        .with("epoch", assignment.map(Assignment::epoch))
        .with("inTheKernel", where.reportedHeld())
        .with("since", Phrases.time(where.decision()))
        .with("why", assignment.map(Assignment::reason))
        .with("decision", Phrases.decision(where.decision()));
  }

  // ---- a node -----------------------------------------------------------------------------------

  private static Answer ofNode(Explanation.OfNode explanation) {
    Optional<AgentReport> report = explanation.report();
    return new Answer(sentence(explanation))
        .with("node", explanation.name())
        .with("liveness", explanation.liveness().map(it -> Phrases.name(it.liveness())))
        .with("session", explanation.liveness().map(LivenessChanged::session))
        .with("since", explanation.liveness().map(it -> Phrases.time(it.sinceMillis())))
        .with("decision", Phrases.decision(explanation.decision()))
        .with("relapses", explanation.holdOff().map(HoldOffChanged::flaps).orElse(0))
        .with("heldOffUntil", heldOffUntil(explanation))
        .with("inTheAPI", explanation.node().isPresent())
        .with("ready", explanation.node().map(Node::ready))
        .with("addresses", explanation.node().map(Node::addresses))
        .with("interface", report.map(it -> it.nic().name()))
        .with("agentVersion", report.map(AgentReport::version))
        .with("lastError", report.flatMap(AgentReport::lastError))
        .with("carries", explanation.carries().stream().map(ExplainView::whereabouts).toList())
        .with("gateways", fitness(explanation.gateways(), "gateway"));
  }

  private static String sentence(Explanation.OfNode explanation) {
    int count = explanation.carries().size();
    String carries =
        switch (count) {
          case 0 -> "carries no floating IP";
          case 1 -> "carries 1 floating IP";
          default -> "carries " + count + " floating IPs";
        };
    String liveness =
        explanation
            .liveness()
            .map(it ->
                switch (it.liveness()) {
                  case ALIVE -> "is alive";
                  case SILENT -> "is silent: its agent was not heard any more";
                  case LEFT -> "has left: its agent said so";
                  case RESTARTING -> "is restarting: its agent said that it will be back at once";
                })
            .orElse("has never been heard: no agent of it beats");
    String heldOff =
        explanation
            .holdOff()
            .filter(it -> it.untilMillis().isPresent())
            .map(it -> " It " + Reasons.heldOff(it) + ".")
            .orElse("");
    return "%s %s, and %s.%s".formatted(explanation.name(), liveness, carries, heldOff);
  }

  private static Optional<Instant> heldOffUntil(Explanation.OfNode explanation) {
    return explanation
        .holdOff()
        .filter(it -> it.untilMillis().isPresent())
        .map(it -> Phrases.time(it.untilMillis().getAsLong()));
  }
}
