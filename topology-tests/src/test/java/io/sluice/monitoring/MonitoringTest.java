package io.sluice.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sluice.agent.AgentMetrics;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.kafka.AllocatorMetrics;
import io.sluice.operations.ProgramMetrics;
import io.sluice.watcher.Content;
import io.sluice.watcher.Sink;
import io.sluice.watcher.Source;
import io.sluice.watcher.WatcherMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dashboards and alert rules are about metrics that there are, and alerts are explained. */
class MonitoringTest {

  private static final Path ROOT = Path.of("..");
  private static final Path RULES = ROOT.resolve("deploy/monitoring/alerts.yaml");
  private static final Path DASHBOARD = ROOT.resolve("deploy/monitoring/dashboard.json");
  private static final Path HANDBOOK = ROOT.resolve("docs/OPERATIONS.md");

  private static final Pattern METRIC = Pattern.compile("\\b(?:sluice|process|jvm)_[a-z0-9_]+\\b");
  private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: (\\w+)$");

  private final SortedSet<String> exposed = exposed();

  private static SortedSet<String> exposed() {
    PrometheusRegistry registry = ProgramMetrics.registry();
    new AllocatorMetrics(registry, AllocationSettings.DEFAULT).observe(List.of());
    new AgentMetrics(registry).counted(Map::of, Map::of, Map::of);
    new WatcherMetrics(registry).observe(new Nothing());
    return registry.scrape().stream()
        .flatMap(MonitoringTest::series)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names under which the text format shows a metric. */
  private static Stream<String> series(MetricSnapshot metric) {
    String name = metric.getMetadata().getPrometheusName();
    return switch (metric) {
      case CounterSnapshot _ -> Stream.of(name + "_total");
      case GaugeSnapshot _ -> Stream.of(name);
      case HistogramSnapshot _ -> Stream.of("_bucket", "_count", "_sum").map(name::concat);
      default -> Stream.of(name, name + "_count", name + "_sum");
    };
  }

  private static final class Nothing implements Source {
    @Override
    public void start(Content known, Sink sink) {}

    @Override
    public Optional<String> problem() {
      return Optional.empty();
    }

    @Override
    public Map<String, Duration> sinceHeard() {
      return Map.of();
    }

    @Override
    public void close() {}
  }

  private static List<String> named(String text) {
    return METRIC.matcher(text).results().map(MatchResult::group).distinct().toList();
  }

  @Test
  void alertsAreAboutMetricsThatThereAre() throws IOException {
    List<String> named = named(Files.readString(RULES));
    assertThat(named).hasSizeGreaterThan(15);
    assertThat(exposed).containsAll(named);
  }

  @Test
  void theDashboardShowsMetricsThatThereAre() throws IOException {
    JsonNode dashboard = JsonMapper.shared().readTree(DASHBOARD.toFile());
    List<String> expressions = new ArrayList<>(dashboard.findValuesAsString("expr"));
    dashboard
        .at("/templating/list")
        .forEach(variable -> expressions.add(variable.at("/query/query").asString("")));
    List<String> named = named(String.join("\n", expressions));
    assertThat(named).hasSizeGreaterThan(20);
    assertThat(exposed).containsAll(named);
  }

  @Test
  void everyMetricOfOursIsShownOrWatched() throws IOException {
    String all = Files.readString(RULES) + Files.readString(DASHBOARD);
    List<String> unseen =
        exposed.stream()
            .filter(name -> name.startsWith("sluice_"))
            .map(name -> name.replaceFirst("_(bucket|count|sum)$", ""))
            .distinct()
            .filter(name -> !all.contains(name))
            .toList();
    assertThat(unseen).isEmpty();
  }

  @Test
  void everyAlertIsExplained() throws IOException {
    String handbook = Files.readString(HANDBOOK);
    List<String> alerts =
        ALERT.matcher(Files.readString(RULES)).results().map(result -> result.group(1)).toList();
    assertThat(alerts).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    List<String> explained =
        Arrays.stream(handbook.split("\n"))
            .filter(line -> line.startsWith("### "))
            .map(line -> line.substring(4).strip())
            .filter(title -> title.startsWith("Sluice"))
            .toList();
    assertThat(explained).containsExactlyInAnyOrderElementsOf(alerts);
  }
}
