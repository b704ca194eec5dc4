package io.sluice.cli.chaos;

import io.sluice.cli.chaos.ChaosRun.Evidence;
import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.chaos.core.FaultReport;
import io.sluice.cli.chaos.core.Profile;
import io.sluice.cli.chaos.core.RunResult;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LabSpec.Settings;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Progress;
import io.sluice.model.LeaseMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs faults one after the other, on one cluster for as long as it can be healed. */
final class Chaos implements AutoCloseable {

  /** One decides, the other stands by. */
  private static final int ALLOCATORS = 2;

  /** No node is held off for what was done to it in earlier runs. */
  private static final List<String> FORGETFUL = List.of("--stable-after-millis", "1");

  private final Plan plan;
  private final Path scratch;
  private final Path logs;
  private final Progress progress;
  private final EvidenceFiles evidenceFiles;
  private ChaosLab lab;
  private int clusters;

  /**
   * What to do.
   *
   * @param runs of each fault in each mode
   * @param keepAll whether to keep the captures of runs that kept their promise, too
   */
  record Plan(
      List<Fault> faults, List<LeaseMode> modes, int runs, Profile profile, boolean keepAll) {}

  /**
   * @param scratch for all that goes away with the sandbox
   * @param logs for the programs' logs and the captures
   */
  Chaos(Plan plan, Path scratch, Path logs, Progress progress) {
    this.plan = plan;
    this.scratch = scratch;
    this.logs = logs;
    this.progress = progress;
    this.evidenceFiles = new EvidenceFiles(logs);
  }

  /** Runs all of it. */
  List<FaultReport> run() {
    List<FaultReport> reports = new ArrayList<>();
    for (LeaseMode mode : plan.modes()) {
      for (Fault fault : plan.faults()) {
        List<RunResult> results = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (int number = 1; number <= plan.runs(); number++) {
          run(fault, mode, number, results, failures);
        }
        reports.add(new FaultReport(fault, mode, plan.profile(), results, failures));
      }
    }
    return reports;
  }

  private void run(
      Fault fault, LeaseMode mode, int number, List<RunResult> results, List<String> failures) {
    String name =
        "%s, %s, run %d of %d"
            .formatted(fault, mode.name().toLowerCase(Locale.ROOT), number, plan.runs());
    try {
      Evidence evidence = ChaosRun.evidence(lab(), fault, mode, number);
      RunResult result = evidence.result();
      List<String> broken = fault.promise(mode, plan.profile()).brokenBy(result);
      if (plan.keepAll() || !broken.isEmpty()) {
        evidenceFiles.write(evidence);
      }
      results.add(result);
      progress.done(name + ": " + ChaosText.inOneLine(result, broken));
    } catch (LabException e) {
      failures.add("run %d: %s".formatted(number, e.getMessage()));
      progress.done(name + " failed, a new cluster is started: " + e.getMessage());
      close();
    }
  }

  private ChaosLab lab() {
    if (lab == null) {
      clusters++;
      String which = clusters == 1 ? "" : "-" + clusters;
      Path root = scratch.resolve("chaos" + which);
      lab =
          ChaosLab.start(
              spec(),
              new LocalCluster.Directories(
                  root.resolve("manifests"), root.resolve("status"), logs, root.resolve("cluster")),
              progress);
    }
    return lab;
  }

  private LabSpec spec() {
    List<String> profile = List.of("--profile", plan.profile().toString());
    List<String> allocator = new ArrayList<>(profile);
    allocator.addAll(FORGETFUL);
    return LabSpec.threeNodes()
        .withSettings(new Settings(ALLOCATORS, profile, allocator, List.of()));
  }

  @Override
  public void close() {
    if (lab != null) {
      lab.close();
      lab = null;
    }
  }
}
