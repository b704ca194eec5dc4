package io.sluice.cli.lab;

import io.sluice.cli.lab.LabSpec.NodeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How each program of a local cluster is started. */
final class Programs {

  static final int KAFKA_PORT = 9092;

  private final LabSpec spec;
  private final LocalCluster.Directories directories;
  private final Lab lab;

  Programs(LabSpec spec, LocalCluster.Directories directories, Lab lab) {
    this.spec = spec;
    this.directories = directories;
    this.lab = lab;
  }

  Program broker() {
    return start(
        "broker",
        Optional.empty(),
        BrokerMain.class.getName(),
        256,
        List.of(
            "-Dlogback.configurationFile=broker-logback.xml",
            // Kafka unmaps its files by it; the JVM's warning would be all there is in the log.
            "--sun-misc-unsafe-memory-access=allow"),
        BrokerPlan.single(directories.scratch().resolve("broker"), Lab.UNDERLAY_ADDRESS, KAFKA_PORT)
            .arguments(),
        true);
  }

  Program watcher(Optional<ClusterApi> api) {
    List<String> arguments =
        new ArrayList<>(
            api.map(ClusterApi::watcherArguments)
                .orElseGet(() ->
                    List.of(
                        "manifests",
                        "--directory",
                        directories.manifests().toString(),
                        "--status-dir",
                        directories.status().toString())));
    arguments.addAll(kafkaArguments());
    arguments.addAll(spec.settings().watcherArguments());
    return start(
        "watcher", Optional.empty(), "io.sluice.watcher.Main", 96, List.of(), arguments, true);
  }

  /**
   * @param number from 1; the first is simply called allocator
   */
  Program allocator(int number) {
    String name = number == 1 ? "allocator" : "allocator-" + number;
    List<String> arguments = kafkaArguments();
    arguments.addAll(List.of("--state-dir", directories.scratch().resolve(name).toString()));
    arguments.addAll(spec.settings().allocatorArguments());
    return start(
        name,
        Optional.empty(),
        "io.sluice.allocator.Main",
        192,
        List.of(),
        arguments,
        number == spec.settings().allocators());
  }

  Program agent(NodeSpec node) {
    List<String> arguments = kafkaArguments();
    arguments.add("--node");
    arguments.add(node.name());
    arguments.addAll(spec.settings().agentArguments());
    return start(
        "agent-" + node.name(),
        Optional.of(lab.host(node.name())),
        "io.sluice.agent.Main",
        48,
        List.of(),
        arguments,
        node.equals(spec.nodes().getLast()));
  }

  private Program start(
      String name,
      Optional<NetworkNamespace> namespace,
      String main,
      int heapMebibytes,
      List<String> jvmArguments,
      List<String> arguments,
      boolean makesArchive) {
    return Program.start(
        new Program.Plan(
            name,
            namespace,
            main,
            heapMebibytes,
            jvmArguments,
            arguments,
            directories.logs(),
            makesArchive));
  }

  private static List<String> kafkaArguments() {
    return new ArrayList<>(
        List.of(
            "--bootstrap-servers", LocalCluster.BOOTSTRAP_SERVERS, "--cluster", LocalCluster.NAME));
  }
}
