package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.WhoHad;
import io.sluice.model.IpAddress;
import java.time.Instant;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells who had a floating IP at a time. */
@Command(
    name = "who-had",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Tells who had a floating IP at a time, and why.",
      "",
      "Names the node, the policies that left with the address, the Pods they matched, and the"
          + " cause of each, from the audit log. Without --bootstrap-servers it asks the local"
          + " cluster."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:answered, also if nobody had it",
      "1:unknown address, a time before the log begins, a damaged log, or Kafka does not answer",
      "2:wrong options or arguments"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice who-had 10.40.1.100 --at 10:03",
      "  ./sluice who-had 10.40.1.100 --at 2026-07-29T10:03:00Z --output json"
    })
public final class WhoHadCommand extends AuditCommand {

  private IpAddress ip;
  private Instant at;

  @Parameters(paramLabel = "IP", description = "The floating IP.")
  void chooseIp(String text) {
    ip = address(text);
  }

  @Option(
      names = "--at",
      required = true,
      paramLabel = "TIME",
      description = "When: " + AuditTime.FORMS + ".")
  void chooseTime(String text) {
    at = time(text);
  }

  @Override
  int ask(Source source) {
    AuditFold fold = AuditFold.until(at.toEpochMilli());
    WhoHad.Next next = new WhoHad.Next(ip);
    read(
        source,
        fold,
        entry -> {
          if (!fold.accept(entry)) {
            next.consider(entry);
          }
        });
    ZoneId zone = ZoneId.systemDefault();
    Refusals.requireWithin(fold, at, zone);
    show(WhoHadView.of(fold, WhoHad.of(fold, ip), next, at, zone));
    return 0;
  }
}
