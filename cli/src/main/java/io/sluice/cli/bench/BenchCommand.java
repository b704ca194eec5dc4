package io.sluice.cli.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the figures that Sluice promises, on this machine.",
      "",
      "Each benchmark starts what it needs in a sandbox of its own and leaves nothing behind."
          + " Other work on the machine shows in the figures."
    },
    synopsisSubcommandLabel = "BENCHMARK",
    subcommands = {
      DecisionCommand.class,
      TakeOverCommand.class,
      KernelCommand.class,
      IdleCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured; figures that were missed are marked so",
      "1:something was lost, doubled or did not happen; the message says what",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice bench decision                  deadline passed -> assignment read",
      "  ./sluice bench decision --brokers 3",
      "  ./sluice bench takeover --kills 20       an allocator is killed -> the next decision read",
      "  ./sluice bench kernel                    assignment read -> the kernel carries it",
      "  ./sluice bench idle --output json        processor time and memory of idle programs"
    })
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which benchmark?");
  }
}
