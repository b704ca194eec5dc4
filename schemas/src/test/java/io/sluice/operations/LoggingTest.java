package io.sluice.operations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoggingTest {

  private final LoggerContext context = new LoggerContext();

  LoggingTest() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  private ExecutionStatus configure(Map<String, String> settings) {
    Logging logging = new Logging(settings::get);
    logging.setContext(context);
    return logging.configure(context);
  }

  private String line(Throwable failure) {
    ConsoleAppender<ILoggingEvent> appender =
        (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("stderr");
    assertThat(appender.getTarget()).isEqualTo("System.err");
    LoggingEvent event =
        new LoggingEvent(
            "",
            context.getLogger("io.sluice.Some"),
            Level.WARN,
            "it is {}",
            failure,
            new Object[] {7});
    event.setThreadName("main");
    return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
  }

  private Level effective(String logger) {
    return context.getLogger(logger).getEffectiveLevel();
  }

  @Test
  void oneLineOfTextForEachEventUnlessSomethingElseIsAskedFor() {
    assertThat(configure(Map.of())).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    assertThat(line(null))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)"
                + " WARN  \\[main] Some: it is 7\n");
    assertThat(line(new IllegalStateException("broken")))
        .contains("it is 7\njava.lang.IllegalStateException: broken\n\tat ");
  }

  @Test
  void oneJsonObjectForEachEventIfAskedFor() {
    configure(Map.of(Logging.FORMAT, "json"));
    assertThat(line(null))
        .matches(
            "\\{\"timestamp\":\\d+,\"level\":\"WARN\",\"threadName\":\"main\","
                + "\"loggerName\":\"io\\.sluice\\.Some\",.*\"formattedMessage\":\"it is 7\".*}\n");
  }

  @Test
  void theLevelIsThatOfOurOwnLoggers() {
    configure(Map.of(Logging.LEVEL, "debug"));
    assertThat(effective("io.sluice.agent.Main")).isEqualTo(Level.DEBUG);
    assertThat(effective("org.apache.kafka.clients.NetworkClient")).isEqualTo(Level.WARN);
  }

  @Test
  void aSettingThatIsNoneIsNamedAndTheDefaultTaken() {
    configure(Map.of(Logging.LEVEL, "loud", Logging.FORMAT, "yaml"));
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .filteredOn(status -> status.getLevel() == Status.WARN)
        .extracting(Status::getMessage)
        .containsExactlyInAnyOrder(
            "SLUICE_LOG_LEVEL is TRACE, DEBUG, INFO, WARN, ERROR or OFF, not loud",
            "SLUICE_LOG_FORMAT is text or json, not yaml");
    assertThat(effective("io.sluice.agent.Main")).isEqualTo(Level.INFO);
    assertThat(line(null)).contains(" WARN  [main] Some: it is 7\n");
  }

  @Test
  void logbackFindsItAndAFileThatIsNamedWins() throws Exception {
    new ContextInitializer(context).autoConfig();
    assertThat(line(null)).contains("Some: it is 7");
    System.setProperty("logback.configurationFile", "none.xml");
    try {
      assertThat(configure(Map.of())).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
    } finally {
      System.clearProperty("logback.configurationFile");
    }
  }
}
