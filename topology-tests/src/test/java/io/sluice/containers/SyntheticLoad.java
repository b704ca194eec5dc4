package io.sluice.containers;

import io.sluice.cli.audit.ReplayCommand;
import io.sluice.cli.load.LoadCommand;
import picocli.CommandLine;

/** Agents that beat, Pods that change and nodes that die, without any of them being real. */
final class SyntheticLoad {

  private SyntheticLoad() {}

  /**
   * Runs {@code sluice load} until so many nodes have died, one after the other, and come back.
   *
   * @return its exit code: 0 if everything was decided
   */
  static int run(String bootstrapServers, int failovers) {
    return new CommandLine(new LoadCommand())
        .execute(
            ("--nodes 20 --gateway-nodes 5 --namespaces 5 --pods 200 --policies 10"
                    + " --floating-ips 15 --churn-seconds 2 --failovers %d --bootstrap-servers %s")
                .formatted(failovers, bootstrapServers)
                .split(" "));
  }

  /**
   * Runs {@code sluice replay}: folds the audit log, refuses a hole, a double or a contradiction,
   * and compares with what the agents read.
   *
   * @return its exit code: 0 if the log is sound and gives exactly the live state
   */
  static int replay(String bootstrapServers) {
    return new CommandLine(new ReplayCommand()).execute("--bootstrap-servers", bootstrapServers);
  }
}
