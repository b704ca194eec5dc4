package io.sluice.operations;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Where a program serves its metrics and probes; a picocli mixin. Without the option that is a port
 * of the loopback interface, so that nothing listens wider than it was told to.
 */
public final class OperationsOptions {

  public static final int WATCHER_PORT = 9401;
  public static final int ALLOCATOR_PORT = 9402;
  public static final int AGENT_PORT = 9403;

  private static final Logger log = LoggerFactory.getLogger(OperationsOptions.class);

  private static final String NONE = "none";
  private static final int LARGEST_PORT = 65_535;

  private final int defaultPort;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private Optional<InetSocketAddress> chosen = Optional.empty();
  private boolean off;

  /**
   * @param defaultPort of the loopback interface, when nothing else is asked for
   */
  public OperationsOptions(int defaultPort) {
    this.defaultPort = defaultPort;
  }

  @Option(
      names = "--operations-address",
      paramLabel = "HOST:PORT",
      description = {
        "Where to serve /metrics, /livez and /readyz, over plain HTTP and to everybody who reaches"
            + " it; 0.0.0.0 or [::] are all interfaces, none is off (default: 127.0.0.1, on port"
            + " 9401 the watcher, 9402 the allocator, 9403 the agent)."
      })
  void chooseAddress(String text) {
    off = text.equals(NONE);
    chosen = off ? Optional.empty() : Optional.of(parse(text));
  }

  private InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
    int port = colon < 0 ? -1 : port(text.substring(colon + 1));
    if (host.isEmpty() || port < 0) {
      throw refused("HOST:PORT or none, such as 0.0.0.0:9402, not " + text, null);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw refused("there is no host " + host, null);
    }
    return address;
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port <= LARGEST_PORT ? port : -1;
    } catch (NumberFormatException _) {
      // Refused by the caller, with the whole text.
      return -1;
    }
  }

  /**
   * Serves from now on. If the address was not asked for and is taken, the program goes on without:
   * what it is there for matters more, and two of one kind may well share a machine.
   *
   * @throws ParameterException if an address that was asked for cannot be had
   */
  public Operations start(PrometheusRegistry metrics, Health health) {
    if (off) {
      return new Operations(Optional.empty());
    }
    InetSocketAddress address =
        chosen.orElseGet(
            () -> new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), defaultPort));
    try {
      OperationsServer server = OperationsServer.start(address, metrics, health);
      log.info("metrics and probes: http:/{}", server.address());
      return new Operations(Optional.of(server));
    } catch (IOException e) {
      String problem = "cannot listen on %s: %s".formatted(address, e.getMessage());
      if (chosen.isPresent()) {
        throw refused(problem, e);
      }
      log.warn("no metrics and no probes: {}; choose another --operations-address", problem);
      return new Operations(Optional.empty());
    }
  }

  private ParameterException refused(String problem, Throwable cause) {
    return new ParameterException(command.commandLine(), "--operations-address: " + problem, cause);
  }

  /**
   * The server, if there is one.
   *
   * @param server empty if it is off
   */
  public record Operations(Optional<OperationsServer> server) implements AutoCloseable {

    @Override
    public void close() {
      server.ifPresent(OperationsServer::close);
    }
  }
}
