package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.BrokenLogException;
import io.sluice.cli.audit.core.Difference;
import io.sluice.cli.audit.kafka.WholeTopics;
import io.sluice.cli.lab.ClusterState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Folds the audit log and compares with the live state. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Computes the state from the audit log alone, and compares it with the live state.",
      "",
      "Folds the log with the allocator's own code, checks that no entry is missing, doubled or"
          + " changed, and compares floating IPs and bindings with what the agents read. With --at"
          + " it shows the state as of then instead. Without --bootstrap-servers it asks the local"
          + " cluster."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the log is sound and gives exactly the live state; with --at: shown",
      "1:it differs, the log is refused (with the sequence at fault), or Kafka does not answer",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice replay",
      "  ./sluice replay --at 10:03",
      "  ./sluice replay --at 2026-07-29T10:03:00Z --output json",
      "  ./sluice replay --bootstrap-servers kafka:9092 --cluster production"
    })
public final class ReplayCommand extends AuditCommand {

  /** What was written in one transaction is seen on all topics well within this time. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private Instant at;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Show the state as of then: " + AuditTime.FORMS + ".")
  void chooseTime(String text) {
    at = time(text);
  }

  @Override
  int ask(Source source) {
    try {
      return at == null ? compare(source) : showThen(source);
    } catch (BrokenLogException e) {
      if (isJson()) {
        show(ReplayView.broken(source.cluster(), e));
      }
      throw e;
    }
  }

  private int showThen(Source source) {
    AuditFold fold = AuditFold.until(at.toEpochMilli());
    read(source, fold, fold::accept);
    fold.requireBeginning();
    Refusals.requireWithin(fold, at, ZoneId.systemDefault());
    show(ReplayView.asOf(source.cluster(), fold, at, ZoneId.systemDefault()));
    return 0;
  }

  private int compare(Source source) {
    AuditFold fold = AuditFold.whole();
    ClusterState state = new ClusterState();
    try (WholeTopics log = WholeTopics.log(source.client(), source.cluster(), fold::accept);
        WholeTopics live = WholeTopics.live(source.client(), source.cluster(), state::apply)) {
      live.readToEnd();
      log.readToEnd();
      requireSomething(source, fold);
      fold.requireBeginning();
      List<Difference> differences = settled(fold, state, log, live);
      show(ReplayView.compared(source.cluster(), fold, differences));
      return differences.isEmpty() ? 0 : 1;
    }
  }

  /**
   * While the cluster works, one topic is read a little further than another. A difference counts
   * if it is still the same after a while.
   */
  private static List<Difference> settled(
      AuditFold fold, ClusterState state, WholeTopics log, WholeTopics live) {
    List<Difference> differences = between(fold, state);
    if (differences.isEmpty()) {
      return differences;
    }
    for (Instant end = Instant.now().plus(SETTLING); Instant.now().isBefore(end); ) {
      live.pollOnce();
      log.pollOnce();
    }
    List<Difference> lasting = new ArrayList<>(between(fold, state));
    lasting.retainAll(differences);
    return lasting;
  }

  private static List<Difference> between(AuditFold fold, ClusterState state) {
    return Difference.between(fold, state.assignments(), state.bindings());
  }
}
