package io.sluice.agent.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.Given;
import io.sluice.model.AgentReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReportsTest {

  private record Sent(AgentReport report, Consumer<Optional<Exception>> outcome) {}

  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
  private final Reports reports = new Reports((report, done) -> sent.add(new Sent(report, done)));

  @AfterEach
  void close() {
    sent.forEach(one -> one.outcome().accept(Optional.empty()));
    reports.close();
  }

  @Test
  void aReportIsSentOnce() throws InterruptedException {
    reports.start();
    reports.accept(report(1));

    Sent first = next();
    first.outcome().accept(Optional.empty());
    assertThat(first.report()).isEqualTo(report(1));
    assertThat(sent.poll(700, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aReportThatWasNotAcknowledgedIsSentAgain() throws InterruptedException {
    reports.start();
    reports.accept(report(1));
    next().outcome().accept(Optional.of(new IllegalStateException("no broker")));

    Sent again = next();
    assertThat(again.report()).isEqualTo(report(1));
    again.outcome().accept(Optional.empty());
  }

  @Test
  void aNewerReportDoesNotWaitForTheFormerOne() throws InterruptedException {
    reports.start();
    reports.accept(report(1));
    Sent former = next();
    reports.accept(report(2));

    Sent newer = next();
    assertThat(newer.report()).isEqualTo(report(2));
    newer.outcome().accept(Optional.empty());
    former.outcome().accept(Optional.of(new IllegalStateException("too late")));
    assertThat(sent.poll(700, TimeUnit.MILLISECONDS))
        .as("an outdated report is of no use")
        .isNull();
  }

  @Test
  void closingGivesTheLastReportAMoment() throws InterruptedException {
    reports.start();
    reports.accept(report(1));
    Sent last = next();
    Thread closing = Thread.ofVirtual().start(reports::close);
    await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);

    last.outcome().accept(Optional.empty());

    assertThat(closing.join(Duration.ofSeconds(1))).isTrue();
  }

  private Sent next() throws InterruptedException {
    Sent next = sent.poll(5, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static AgentReport report(long session) {
    return new AgentReport("instance-1", session, "0.1.0", Given.NIC, List.of(), Optional.empty());
  }
}
