package io.sluice.operations;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.function.Function;

/**
 * How programs log, unless {@code -Dlogback.configurationFile} names something else: on standard
 * error, one line or one JSON object for each event. {@code SLUICE_LOG_LEVEL} and {@code
 * SLUICE_LOG_FORMAT} (text or json) are system properties or environment variables.
 *
 * <p>It is code, since a file would have every program load an XML parser and some 500 classes to
 * read it, and keep them: 2 MiB in an agent, which is to be small. Logback finds it as a service.
 */
public final class Logging extends ContextAwareBase implements Configurator {

  static final String LEVEL = "SLUICE_LOG_LEVEL";
  static final String FORMAT = "SLUICE_LOG_FORMAT";

  private final Function<String, String> settings;

  /** Called by logback. */
  public Logging() {
    this(name -> System.getProperty(name, System.getenv(name)));
  }

  /**
   * @param settings the value of a setting by its name; null if it is not set
   */
  Logging(Function<String, String> settings) {
    this.settings = settings;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    ConsoleAppender<ILoggingEvent> standardError = new ConsoleAppender<>();
    standardError.setContext(context);
    standardError.setName("stderr");
    standardError.setTarget("System.err");
    standardError.setEncoder(encoder(context));
    standardError.start();
    context.getLogger("ROOT").setLevel(Level.WARN);
    context.getLogger("ROOT").addAppender(standardError);
    context.getLogger("io.sluice").setLevel(level());
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private Level level() {
    String text = settings.apply(LEVEL);
    Level level = text == null ? Level.INFO : Level.toLevel(text, null);
    if (level == null) {
      addWarn(LEVEL + " is TRACE, DEBUG, INFO, WARN, ERROR or OFF, not " + text);
      return Level.INFO;
    }
    return level;
  }

  private Encoder<ILoggingEvent> encoder(LoggerContext context) {
    String format = settings.apply(FORMAT);
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case "json" -> json();
          case null -> new LogLine();
          case "text" -> new LogLine();
          default -> {
            addWarn(FORMAT + " is text or json, not " + format);
            yield new LogLine();
          }
        };
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    return encoder;
  }
}
