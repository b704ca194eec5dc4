package io.sluice.cli.load;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how big a synthetic cluster is; a picocli mixin. */
final class ShapeOptions {

  private static final String DEFAULT = "(default: ${DEFAULT-VALUE})";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--nodes", paramLabel = "N", defaultValue = "5000", description = DEFAULT)
  private int nodes;

  @Option(
      names = "--gateway-nodes",
      paramLabel = "N",
      defaultValue = "10",
      description = "Nodes with an agent that beats (default: ${DEFAULT-VALUE}).")
  private int gatewayNodes;

  @Option(names = "--namespaces", paramLabel = "N", defaultValue = "100", description = DEFAULT)
  private int namespaces;

  @Option(names = "--pods", paramLabel = "N", defaultValue = "150000", description = DEFAULT)
  private int pods;

  @Option(names = "--policies", paramLabel = "N", defaultValue = "1000", description = DEFAULT)
  private int policies;

  @Option(names = "--floating-ips", paramLabel = "N", defaultValue = "1000", description = DEFAULT)
  private int floatingIps;

  int gatewayNodes() {
    return gatewayNodes;
  }

  /**
   * @throws ParameterException if the numbers do not fit each other
   */
  LoadShape shape() {
    try {
      return new LoadShape(nodes, gatewayNodes, namespaces, pods, policies, floatingIps);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
