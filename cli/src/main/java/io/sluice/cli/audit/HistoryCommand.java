package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.IpHistory;
import io.sluice.model.IpAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells all that happened to a floating IP. */
@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Tells all that happened to a floating IP.",
      "",
      "Where it was, which policies left with it and which Pods those matched, with the cause of"
          + " each change, from the audit log. Without --bootstrap-servers it asks the local"
          + " cluster."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:told",
      "1:unknown address, a damaged log, or Kafka does not answer",
      "2:wrong options or arguments"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ./sluice history 10.40.1.100", "  ./sluice history 10.40.1.100 --output json"})
public final class HistoryCommand extends AuditCommand {

  private IpAddress ip;

  @Parameters(paramLabel = "IP", description = "The floating IP.")
  void chooseIp(String text) {
    ip = address(text);
  }

  @Override
  int ask(Source source) {
    IpHistory history = new IpHistory(ip);
    AuditFold fold = AuditFold.whole(history);
    read(source, fold, fold::accept);
    show(HistoryView.of(fold, ip, history));
    return 0;
  }
}
