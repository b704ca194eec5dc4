package io.sluice.cli;

import io.sluice.cli.lab.LabSpec;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the commands that start a cluster; a picocli mixin. */
final class LabOptions {

  private static final int MIN_NODES = 2;
  private static final int MAX_NODES = 20;
  private static final int MAX_ALLOCATORS = 5;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private int nodes;
  private int allocators;

  @Option(
      names = "--keep-logs",
      description = "Leave the programs' logs on disk, also when all went well.")
  private boolean keepLogs;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many nodes, 2 to 20 (default: ${DEFAULT-VALUE}).")
  void chooseNodes(int count) {
    if (count < MIN_NODES || count > MAX_NODES) {
      throw new ParameterException(
          command.commandLine(),
          "--nodes: between %d and %d, not %d".formatted(MIN_NODES, MAX_NODES, count));
    }
    nodes = count;
  }

  @Option(
      names = "--allocators",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How many allocators, 1 to 5; when the one that decides dies, another takes over at once"
              + " (default: ${DEFAULT-VALUE}).")
  void chooseAllocators(int count) {
    if (count < 1 || count > MAX_ALLOCATORS) {
      throw new ParameterException(
          command.commandLine(),
          "--allocators: between 1 and %d, not %d".formatted(MAX_ALLOCATORS, count));
    }
    allocators = count;
  }

  LabSpec spec() {
    return LabSpec.of(nodes).withAllocators(allocators);
  }

  boolean keepLogs() {
    return keepLogs;
  }

  /** The same options as arguments. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("--nodes=" + nodes);
    arguments.add("--allocators=" + allocators);
    if (keepLogs) {
      arguments.add("--keep-logs");
    }
    return arguments;
  }
}
