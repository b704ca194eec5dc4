package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what the local cluster's programs log. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Shows what the local cluster's programs log.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:shown", "1:there is no such log", "2:wrong options"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice logs",
      "  ./sluice logs allocator -f",
      "  ./sluice logs agent-node-1 -n 100"
    })
final class LogsCommand implements Callable<Integer> {

  private static final String SUFFIX = ".log";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PROGRAM",
      description = "broker, watcher, allocator, allocator-N, agent-NODE (default: all).")
  private String program;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is logged from now on.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "20",
      description = "How many lines of each (default: ${DEFAULT-VALUE}).")
  private int lines;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> tail = new ArrayList<>(List.of("tail", "-n", Integer.toString(lines)));
    if (follow) {
      tail.add("--follow=name");
      tail.add("--retry");
    }
    tail.addAll(files(StateDirectory.standard().logs()).stream().map(Path::toString).toList());
    return new ProcessBuilder(tail).inheritIO().start().waitFor();
  }

  private List<Path> files(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new LabException("there are no logs; start a cluster with: ./sluice up");
    }
    try (Stream<Path> all = Files.list(directory)) {
      List<Path> logs =
          all.filter(path -> path.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
      List<Path> wanted =
          program == null
              ? logs
              : logs.stream()
                  .filter(path -> path.getFileName().toString().equals(program + SUFFIX))
                  .toList();
      if (wanted.isEmpty()) {
        throw new LabException(
            "no log of \"%s\"; there are %s"
                .formatted(
                    program,
                    String.join(
                        ", ",
                        logs.stream()
                            .map(path -> path.getFileName().toString().replace(SUFFIX, ""))
                            .toList())));
      }
      return wanted;
    }
  }
}
