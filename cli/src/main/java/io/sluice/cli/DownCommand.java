package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ends the local cluster. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = {
      "Ends the cluster that up started.",
      "",
      "Manifests that somebody wrote into its directory stay there for the next one."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:no cluster runs any more", "1:it could not be ended", "2:wrong options"},
    footerHeading = "%nExample:%n",
    footer = "  ./sluice down")
final class DownCommand implements Callable<Integer> {

  private static final int PATIENCE_SECONDS = 20;

  @Option(names = "--keep-logs", description = "Leave the programs' logs on disk.")
  private boolean keepLogs;

  private final Terminal terminal = Terminal.standard();
  private final StateDirectory state = StateDirectory.standard();

  @Override
  public Integer call() throws InterruptedException {
    boolean ran = state.running().isPresent();
    if (ran) {
      end(state.running().get());
    }
    List<Path> left = state.clear(keepLogs);
    terminal.line(ran ? "The local cluster has ended." : "No local cluster runs.");
    if (!left.isEmpty()) {
      terminal.line(
          "%d manifests stay in %s for the next one.".formatted(left.size(), state.manifests()));
    }
    return 0;
  }

  /** Everything in the sandbox ends with its first process, so killing that is always enough. */
  private static void end(Supervisor supervisor) throws InterruptedException {
    ProcessHandle process = supervisor.handle().orElse(null);
    if (process == null) {
      return;
    }
    process.destroy();
    if (!gone(process)) {
      process.destroyForcibly();
      if (!gone(process)) {
        throw new LabException("process " + supervisor.pid() + " does not end");
      }
    }
  }

  private static boolean gone(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException _) {
      // The answer, and no failure: the caller goes on with SIGKILL.
      return false;
    } catch (ExecutionException e) {
      throw new LabException("waiting for the cluster's end failed", e);
    }
  }
}
