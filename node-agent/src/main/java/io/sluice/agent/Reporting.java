package io.sluice.agent;

import io.sluice.model.AgentReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells what has been carried out, and what does not succeed, whenever that has changed. */
final class Reporting {

  private final AgentSettings settings;
  private final Reconciler reconciler;
  private final Fulfilment fulfilment;
  private final Tenure tenure;
  private final Consumer<AgentReport> reports;

  private Optional<AgentReport> last = Optional.empty();

  Reporting(
      AgentSettings settings,
      Reconciler reconciler,
      Fulfilment fulfilment,
      Tenure tenure,
      Consumer<AgentReport> reports) {
    this.settings = settings;
    this.reconciler = reconciler;
    this.fulfilment = fulfilment;
    this.tenure = tenure;
    this.reports = reports;
  }

  /** Nothing is told before the kernel was read for the first time. */
  void report(long session) {
    reconciler
        .nic()
        .map(nic ->
            new AgentReport(
                settings.instance(),
                session,
                settings.version(),
                nic,
                fulfilment.applied(session),
                error()))
        .filter(report -> !last.equals(Optional.of(report)))
        .ifPresent(report -> {
          last = Optional.of(report);
          reports.accept(report);
        });
  }

  private Optional<String> error() {
    List<String> all = new ArrayList<>();
    fulfilment.error().ifPresent(all::add);
    tenure.error().ifPresent(all::add);
    return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
  }
}
