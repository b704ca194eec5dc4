package io.sluice.agent;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.Rehearsal;
import io.sluice.agent.core.WireWatch;
import io.sluice.agent.kafka.AgentTopics;
import io.sluice.agent.kafka.Beats;
import io.sluice.agent.kafka.DecisionFeed;
import io.sluice.agent.kafka.Reports;
import io.sluice.agent.kernel.WallClock;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.TopicWriter;
import io.sluice.operations.Health;
import io.sluice.operations.Stall;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Puts the agent's loop between Kafka and the kernel, and drives it until it has stopped. */
final class AgentProcess {

  private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);

  /** Beyond its own farewell, for the last report and for closing. */
  private static final Duration CLOSING = Duration.ofSeconds(8);

  /** The loop rests for a second at most; only a very long change of the kernel takes longer. */
  private static final Duration LOOP_PATIENCE = Duration.ofSeconds(30);

  private final AgentSettings settings;
  private final Duration beatInterval;
  private final AgentTopics topics;
  private final DataPlane dataPlane;
  private final Tenure tenure;
  private final boolean keepOnStop;
  private final Health health;
  private final AgentMetrics metrics;

  /**
   * @param keepOnStop whether a signal to stop means a restart, which everything outlives
   * @param health is told how to ask the loop
   * @param metrics counts what happens
   */
  AgentProcess(
      AgentSettings settings,
      Duration beatInterval,
      KafkaOptions kafka,
      DataPlane dataPlane,
      Tenure tenure,
      boolean keepOnStop,
      Health health,
      AgentMetrics metrics) {
    this.settings = settings;
    this.beatInterval = beatInterval;
    this.topics = new AgentTopics(kafka, settings.node(), beatInterval);
    this.dataPlane = new MeteredDataPlane(dataPlane, metrics, System::nanoTime);
    this.tenure = tenure;
    this.keepOnStop = keepOnStop;
    this.health = health;
    this.metrics = metrics;
  }

  /** Runs until a signal asks to stop, and has said farewell then. */
  void run() throws InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(AgentProcess::crash);
    Rehearsal.run();
    Inbox inbox = new Inbox();
    AtomicLong loopMovedAt = new AtomicLong(System.nanoTime());
    Stall moving = new Stall("the loop", LOOP_PATIENCE, System::nanoTime);
    AtomicReference<AgentLoop.Phase> phase = new AtomicReference<>(AgentLoop.Phase.STARTING);
    health.alive("loop", moving).ready("decisions", () -> unready(phase.get()));
    CountDownLatch ended = new CountDownLatch(1);
    stopOnSignal(inbox, ended);
    MeteredBeats metered =
        new MeteredBeats(metrics, settings.lease(), tenure::heard, System::nanoTime);
    health.ready("beats", metered::unheard);
    try (TopicWriter writer = topics.openWriter();
        Renewals renewals = new Renewals(metered, inbox::accept);
        Beats beats =
            new Beats(
                settings.instance(),
                beatInterval,
                settings.lease(),
                topics.delivery(writer, Topics.HEARTBEATS),
                renewals,
                System::nanoTime,
                WallClock::nanos,
                loopMovedAt::get);
        Reports reports = new Reports(topics.delivery(writer, Topics.AGENTS));
        DecisionFeed feed =
            new DecisionFeed(settings.node(), topics::openDecisions, inbox::acceptWhenRoom)) {
      AgentLoop loop =
          new AgentLoop(
              settings,
              inbox,
              dataPlane,
              tenure,
              beats,
              report -> {
                metrics.reported(report);
                reports.accept(report.withLeases(Optional.of(tenure.leases())));
              },
              System.currentTimeMillis(),
              System::nanoTime);
      dataPlane.onClaim((floatingIp, mac) -> {
        WireWatch.Response response = tenure.claimed(floatingIp);
        if (response != WireWatch.Response.NONE) {
          inbox.accept(new Input.AddressClaimed(floatingIp, mac, response));
        }
      });
      tenure.onTrouble(() -> inbox.accept(new Input.DriftNoticed()));
      dataPlane.onDrift(() -> inbox.accept(new Input.DriftNoticed()));
      renewals.start();
      beats.start();
      reports.start();
      feed.start();
      while (loop.phase() != AgentLoop.Phase.STOPPED) {
        long now = System.nanoTime();
        loop.doWork(now);
        loopMovedAt.set(now);
        moving.moved();
        phase.set(loop.phase());
        metrics.stepped(loop);
        long rested = System.nanoTime();
        inbox.await(loop.nanosUntilWork(rested), loop.awaitsAcknowledgement(rested));
      }
    } finally {
      ended.countDown();
    }
  }

  private static Optional<String> unready(AgentLoop.Phase phase) {
    return switch (phase) {
      case RUNNING -> Optional.empty();
      case STARTING -> Optional.of("not all read from the topics and carried out yet");
      case LEAVING, RESTARTING, STOPPED -> Optional.of("stopping");
    };
  }

  /** The process ends with its shutdown hooks, so the hook waits for the loop. */
  private void stopOnSignal(Inbox inbox, CountDownLatch ended) {
    Runnable stop =
        () -> {
          if (ended.getCount() == 0) {
            // It ended by itself and has an exit code of its own.
            return;
          }
          inbox.accept(new Input.StopRequested(keepOnStop));
          try {
            long patience = settings.farewell().plus(CLOSING).toMillis();
            if (ended.await(patience, TimeUnit.MILLISECONDS)) {
              // Otherwise the exit code would be that of a signal: 143, as if it had failed.
              Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
            }
            log.error("gave up waiting for the end after {} ms", patience);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(stop));
  }

  /** The kernel stays as it is: the next process takes it over. */
  private static void crash(Thread thread, Throwable mistake) {
    log.error("thread {} failed; the agent ends at once", thread.getName(), mistake);
    Runtime.getRuntime().halt(1);
  }
}
