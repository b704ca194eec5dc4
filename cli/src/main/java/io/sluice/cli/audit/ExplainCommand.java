package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.Explanation;
import io.sluice.cli.audit.core.RecentMoves;
import io.sluice.model.IpAddress;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells why something is as it is. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Tells why a floating IP, a policy or a node is as it is now.",
      "",
      "From the audit log, with the decisions that made it so and their causes. A name that a"
          + " policy and a node have in common is told apart by policy/NAME and node/NAME. Without"
          + " --bootstrap-servers it asks the local cluster."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:explained",
      "1:there is no such thing, a damaged log, or Kafka does not answer",
      "2:wrong options or arguments"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice explain 10.40.1.100",
      "  ./sluice explain alice-paul",
      "  ./sluice explain node/node-1 --output json"
    })
public final class ExplainCommand extends AuditCommand {

  private static final String POLICY = "policy/";
  private static final String NODE = "node/";

  @Parameters(paramLabel = "IP|POLICY|NODE", description = "What to explain.")
  private String subject;

  @Override
  int ask(Source source) {
    if (subject.isEmpty() || subject.equals(POLICY) || subject.equals(NODE)) {
      throw wrongUsage("say the name of a policy or node, or a floating IP");
    }
    Optional<IpAddress> ip = asAddress(subject);
    String name =
        subject.startsWith(POLICY) || subject.startsWith(NODE)
            ? subject.substring(subject.indexOf('/') + 1)
            : subject;
    RecentMoves moves = ip.map(RecentMoves::of).orElseGet(() -> RecentMoves.ofNode(name));
    AuditFold fold = AuditFold.whole(moves);
    read(source, fold, fold::accept);
    Explanation explanation =
        ip.isPresent()
            ? Explanation.ofIp(fold, ip.get()).orElseThrow(() -> Refusals.unknownIp(fold, ip.get()))
            : named(fold, name);
    boolean moved = !(explanation instanceof Explanation.OfPolicy);
    show(ExplainView.of(fold, explanation, moved ? moves.moves() : List.of()));
    return 0;
  }

  private Explanation named(AuditFold fold, String name) {
    Optional<Explanation.OfPolicy> policy =
        subject.startsWith(NODE) ? Optional.empty() : Explanation.ofPolicy(fold, name);
    Optional<Explanation.OfNode> node =
        subject.startsWith(POLICY) ? Optional.empty() : Explanation.ofNode(fold, name);
    if (policy.isPresent() && node.isPresent()) {
      throw wrongUsage(
          "\"%s\" is a policy and a node; say policy/%s or node/%s".formatted(name, name, name));
    }
    return policy
        .<Explanation>map(it -> it)
        .or(() -> node)
        .orElseThrow(() -> Refusals.unknownName(fold, subject));
  }

  private static Optional<IpAddress> asAddress(String text) {
    try {
      return Optional.of(IpAddress.parse(text));
    } catch (IllegalArgumentException _) {
      // Then it is a name.
      return Optional.empty();
    }
  }
}
