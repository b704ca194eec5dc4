package io.sluice.cli.load;

import io.sluice.cli.Terminal;
import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.ControlPlane;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Passage;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.lab.Sandbox;
import io.sluice.cli.load.LoadCommand.Output;
import io.sluice.cli.load.kubernetes.ApiCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the watcher with a real API server that holds a synthetic cluster of any size. */
@Command(
    name = "kubernetes",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fills a real API server with a synthetic cluster and measures the watcher.",
      "",
      "First everything is made in the API; then a watcher begins, with a broker of its own, and"
          + " has to publish all of it; then Pods change at a steady rate; then the watcher is"
          + " started again over what the topics hold. In the end the API and the topics are"
          + " compared, everything is deleted, and that has to arrive, too.",
      "",
      "Take an API server that is there for this and has Sluice's definitions (kubectl apply -k"
          + " deploy). No kubelet is needed, and none must be: nodes without one are marked as"
          + " dead, and their Pods deleted, by a controller manager that runs its node-lifecycle"
          + " controller (start it with --controllers=*,-nodelifecycle,-nodeipam). Needs root."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything arrived, and the API and the topics agree",
      "1:something did not, or the API server is not empty or does not answer",
      "2:wrong options, or numbers that do not fit each other"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice load kubernetes --kubeconfig FILE --pods 2000 --nodes 50 --policies 100",
      "  ./sluice load kubernetes --kubeconfig FILE          150,000 Pods on 5,000 nodes",
      "  ./sluice load kubernetes --kubeconfig FILE --keep-objects --output json"
    })
final class LoadKubernetesCommand implements Callable<Integer> {

  private static final String CLUSTER = "load";
  private static final Duration NAMESPACES_END = Duration.ofMinutes(2);

  @Spec private CommandSpec spec;

  @Mixin private ShapeOptions shapeOptions;

  @Mixin private ChurnOptions churn;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      required = true,
      description = "How to reach the API server, with all rights.")
  private Path kubeconfigFile;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "The context of the kubeconfig; otherwise its current one.")
  private Optional<String> context = Optional.empty();

  @Option(
      names = "--into-used-cluster",
      description =
          "Fill it although it has nodes, Pods, policies or gateways that no load has made.")
  private boolean intoUsedCluster;

  @Option(
      names = "--keep-objects",
      description =
          "Leave the objects; the next load deletes them. Deleting takes about as long as making"
              + " them, and it may be simpler to throw the API server away.")
  private boolean keepObjects;

  @Option(
      names = "--reuse-objects",
      description = "Take the objects that an earlier load of the same numbers has left.")
  private boolean reuseObjects;

  @Option(
      names = "--annotation-bytes",
      paramLabel = "N",
      defaultValue = "4000",
      description =
          "What each Pod has besides what is read of it, as real ones do"
              + " (default: ${DEFAULT-VALUE}).")
  private int annotationBytes;

  @Option(
      names = "--limit-seconds",
      paramLabel = "N",
      defaultValue = "300",
      description = "The most time for each sync (default: ${DEFAULT-VALUE}).")
  private int limitSeconds;

  @Option(
      names = "--watcher-heap-mebibytes",
      paramLabel = "N",
      defaultValue = "512",
      description = "The heap of the watcher (default: ${DEFAULT-VALUE}, as it is shipped).")
  private int heapMebibytes;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  @Override
  public Integer call() {
    LoadShape shape = shapeOptions.shape();
    churn.requireNotNegative("--annotation-bytes", annotationBytes);
    churn.check();
    Progress progress = output == Output.json ? Terminal.onStandardError() : Terminal.standard();
    Kubeconfig given = Kubeconfig.read(kubeconfigFile, context);
    try (var _ = Passage.open(given.host(), given.port());
        ApiCluster api = ApiCluster.connect(given)) {
      return show(run(api, given, shape, progress));
    }
  }

  private KubernetesLoadReport run(
      ApiCluster api, Kubeconfig kubeconfig, LoadShape shape, Progress progress) {
    SyntheticCluster content = new SyntheticCluster(shape);
    KubernetesLoadReport.Filling filling = fill(api, content, progress);
    try (ControlPlane plane =
            ControlPlane.start(
                new ControlPlane.Plan(CLUSTER, Sandbox.scratch(), 1, 0, 0, List.of()));
        MeasuredWatcher watcher =
            new MeasuredWatcher(
                kubeconfig, plane.bootstrapServers(), CLUSTER, heapMebibytes, Sandbox.scratch());
        PublishedObjects published = new PublishedObjects(plane.clientProperties(), CLUSTER)) {
      progress.done("a broker of our own is ready");
      KubernetesLoad load =
          new KubernetesLoad(
              api, content, watcher, published, Duration.ofSeconds(limitSeconds), progress);
      return load.run(churn.changesPerSecond(), churn.duration(), keepObjects, filling);
    }
  }

  private KubernetesLoadReport.Filling fill(
      ApiCluster api, SyntheticCluster content, Progress progress) {
    api.requireDefinitions();
    long start = System.nanoTime();
    long requests = 0;
    if (reuseObjects) {
      int changed = Math.min(churn.changes(), content.shape().pods());
      api.putBack(content, changed, progress);
    } else {
      makeRoom(api, progress);
      start = System.nanoTime();
      requests = api.fill(content, annotationBytes, progress);
    }
    return new KubernetesLoadReport.Filling(
        api.version(), requests, KubernetesLoad.secondsSince(start));
  }

  private void makeRoom(ApiCluster api, Progress progress) {
    List<String> foreign = api.foreignObjects();
    if (!foreign.isEmpty() && !intoUsedCluster) {
      throw new LabException(
          ("the cluster is in use: it has %s, which no load has made. Name an API server that is"
                  + " there for this, or add --into-used-cluster")
              .formatted(String.join(", ", foreign)));
    }
    if (api.holdsALoad()) {
      progress.done("an earlier load has left objects, which are deleted first");
      api.empty(progress);
      api.awaitEmpty(NAMESPACES_END);
    }
  }

  private int show(KubernetesLoadReport report) {
    switch (output) {
      case text -> new KubernetesLoadText(report).lines().forEach(System.out::println);
      case json -> System.out.println(LoadJson.of(report));
    }
    return report.isComplete() ? 0 : 1;
  }
}
