package io.sluice.cli;

import io.sluice.cli.acls.AclsCommand;
import io.sluice.cli.audit.ExplainCommand;
import io.sluice.cli.audit.HistoryCommand;
import io.sluice.cli.audit.ReplayCommand;
import io.sluice.cli.audit.WhoHadCommand;
import io.sluice.cli.bench.BenchCommand;
import io.sluice.cli.chaos.ChaosCommand;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.load.LoadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The {@code sluice} command. */
@Command(
    name = "sluice",
    mixinStandardHelpOptions = true,
    version = "sluice 0.1.0",
    description = {
      "Gives chosen Pods of a Kubernetes cluster a fixed source address towards the outside,",
      "and keeps it working when the node that carries it dies."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      ExplainCommand.class,
      WhoHadCommand.class,
      HistoryCommand.class,
      ReplayCommand.class,
      RunCommand.class,
      LogsCommand.class,
      ChaosCommand.class,
      ProbeCommand.class,
      OutsideHostCommand.class,
      LoadCommand.class,
      BenchCommand.class,
      AclsCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:something did not work; the message says what",
      "2:wrong options or arguments"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice demo                          see a failover, in about half a minute",
      "  ./sluice up                            start a cluster on this machine",
      "  ./sluice status                        what is where",
      "  ./sluice run alice-1 -- ip address     a command inside a Pod of it",
      "  ./sluice down                          end it",
      "",
      "With Docker:",
      "  ./sluice images                        build the container images",
      "  ./sluice demo --compose                the failover, on docker-compose.yml",
      "",
      "Without any cluster:",
      "  ./sluice chaos --fault node-crash      real faults on a cluster of its own, measured",
      "  ./sluice simulate --seeds 1000         random faults against the real decisions",
      "  ./sluice load                          150,000 Pods through the control plane",
      "  ./sluice bench decision                the promised figures, measured here",
      "",
      "On a real cluster, the programs (each has a --help):",
      "  ./sluice watcher kubernetes ...        objects of Kubernetes to Kafka, status back",
      "  ./sluice allocator ...                 decides",
      "  ./sluice agent ...                     carries it out, on every node",
      "  ./sluice acls                          what each of them has to be allowed on Kafka"
    })
public final class Main implements Runnable {

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setExecutionExceptionHandler(failures());
  }

  /**
   * What people can mend is said in a sentence; anything else is a fault of ours, shown in full.
   */
  private static IExecutionExceptionHandler failures() {
    return (failure, command, _) -> {
      if (failure instanceof LabException) {
        command.getErr().println("sluice: " + failure.getMessage());
      } else {
        failure.printStackTrace(command.getErr());
      }
      return command.getCommandSpec().exitCodeOnExecutionException();
    };
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
  }
}
