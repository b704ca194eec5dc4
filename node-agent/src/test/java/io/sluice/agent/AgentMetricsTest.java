package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.kernel.GuardCounter;
import io.sluice.model.Heartbeat.Intent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgentMetricsTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AgentMetrics metrics = new AgentMetrics(registry);
  private long nowMillis = 1_000;

  private long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(nowMillis);
  }

  private String scraped() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.builder().build().write(text, registry.scrape());
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theMarginIsWhatARenewalFindsLeft() throws IOException {
    List<Input> heard = new ArrayList<>();
    MeteredBeats beats = new MeteredBeats(metrics, Duration.ofMillis(400), heard::add, this::nanos);
    beats.accept(new Input.BeatSent(7, nanos(), 0));
    nowMillis += 100;
    beats.accept(new Input.BeatSent(7, nanos(), 0));
    nowMillis += 450;
    beats.accept(new Input.BeatSent(7, nanos(), 0));
    // The first beat of another session renews nothing that was there before.
    beats.accept(new Input.BeatSent(8, nanos(), 0));
    beats.accept(new Input.BeatAcknowledged(8, Intent.RUNNING, nanos(), 0, nanos()));

    assertThat(heard).hasSize(5);
    nowMillis += 10_000;
    assertThat(beats.unheard()).isEmpty();
    nowMillis += 1_000;
    assertThat(beats.unheard()).contains("Kafka has acknowledged no beat for 11 s");
    assertThat(scraped())
        .contains("sluice_agent_beats_sent_total 4.0")
        .contains("sluice_agent_beats_acknowledged_total 1.0")
        .contains("sluice_agent_lease_margin_seconds_count{mode=\"available\"} 2")
        .contains("sluice_agent_lease_margin_seconds_bucket{mode=\"available\",le=\"0.0\"} 1")
        .contains("sluice_agent_lease_margin_seconds_bucket{mode=\"available\",le=\"0.25\"} 1")
        .contains("sluice_agent_lease_margin_seconds_bucket{mode=\"available\",le=\"0.3\"} 2")
        .contains("sluice_agent_lease_margin_seconds_count{mode=\"strict\"} 0");
  }

  @Test
  void changesOfTheKernelAreTimedAndRefusalsCounted() throws IOException {
    FakeDataPlane kernel = new FakeDataPlane(new ArrayList<>());
    MeteredDataPlane metered = new MeteredDataPlane(kernel, metrics, this::nanos);
    metered.apply(KernelTables.EMPTY, KernelTables.EMPTY);
    assertThat(scraped())
        .contains("sluice_agent_apply_seconds_count 1")
        .contains("sluice_agent_apply_failures_total 0.0");

    kernel.failuresToCome = 1;
    assertThatThrownBy(() -> metered.apply(KernelTables.EMPTY, KernelTables.EMPTY))
        .isInstanceOf(DataPlaneException.class);
    assertThat(scraped())
        .contains("sluice_agent_apply_seconds_count 1")
        .contains("sluice_agent_apply_failures_total 1.0");
  }

  @Test
  void guardsAreAskedWhenMetricsAreRead() throws IOException {
    metrics.counted(
        () -> Map.of("no_holder", new GuardCounter(5, 400)),
        () -> Map.of("lease_over_leaving", new GuardCounter(3, 240)),
        () -> Map.of("let_out", new GuardCounter(7, 560)));
    assertThat(scraped())
        .contains("sluice_agent_waiting_packets_total{stage=\"let_out\"} 7.0")
        .contains("sluice_agent_guard_dropped_packets_total{guard=\"no_holder\"} 5.0")
        .contains("sluice_agent_fence_dropped_packets_total{reason=\"lease_over_leaving\"} 3.0");
  }
}
