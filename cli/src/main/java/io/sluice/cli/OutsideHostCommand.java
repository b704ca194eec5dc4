package io.sluice.cli;

import io.sluice.cli.lab.OutsideHost;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The host that tells everyone which source address it sees. */
@Command(
    name = "outside-host",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Answers each question with the source address it came from, until it is ended.",
      "",
      "UDP and TCP port 7777; TCP port 7778 echoes after that. It is what sluice probe asks."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:an address is not one of this machine, or is taken",
      "2:wrong options",
      "143:ended by SIGTERM"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ./sluice outside-host --address 203.0.113.10", "  sluice outside-host"})
final class OutsideHostCommand implements Callable<Integer> {

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      defaultValue = "0.0.0.0",
      description = "Where to listen; may be repeated (default: ${DEFAULT-VALUE}).")
  private List<String> addresses;

  @Override
  public Integer call() throws InterruptedException {
    try (OutsideHost _ = OutsideHost.start(addresses)) {
      Terminal.standard().line("ready on " + String.join(", ", addresses));
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
