package io.sluice.cli.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way out of the sandbox to one server and no other. Its address is put on the sandbox's own
 * loopback, so that whoever wants to reach it there needs no word about it; each connection is made
 * again in the network namespace of the machine, and bytes are passed on as they are.
 */
public final class Passage implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Passage.class);

  /** Set by the launcher: where the machine's network namespace can be entered. */
  private static final String MACHINE_NETWORK = "SLUICE_MACHINE_NETWORK";

  private static final Path HOSTS = Path.of("/etc/hosts");
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int BACKLOG = 50;

  private final Path machineNetwork;
  private final InetSocketAddress server;
  private final ServerSocket entrance;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Passage(Path machineNetwork, InetSocketAddress server) throws IOException {
    this.machineNetwork = machineNetwork;
    this.server = server;
    this.entrance = new ServerSocket(server.getPort(), BACKLOG, server.getAddress());
  }

  /**
   * Opens the way to a server, as the machine outside of the sandbox knows it.
   *
   * @throws LabException outside of a sandbox, if the launcher left no way out, or without root
   */
  public static Passage open(String host, int port) {
    Sandbox.require();
    Path network =
        Optional.ofNullable(System.getenv(MACHINE_NETWORK))
            .map(Path::of)
            .orElseThrow(() -> new LabException("the launcher left no way out of this sandbox"));
    if (Sandbox.hasUserNamespace()) {
      throw new LabException(
          "a way from the sandbox to a server outside needs root; run it as root");
    }
    InetAddress address = NetworkNamespace.callIn(network, () -> InetAddress.getByName(host));
    try {
      beReachable(host, address);
      Passage passage = new Passage(network, new InetSocketAddress(address, port));
      Thread.ofVirtual().name("passage").start(passage::accept);
      return passage;
    } catch (IOException e) {
      throw new LabException(
          "cannot take the place of %s:%d in the sandbox: %s".formatted(host, port, e.getMessage()),
          e);
    }
  }

  private static void beReachable(String host, InetAddress address) throws IOException {
    Commands.ip(List.of("link set lo up"));
    String literal = address.getHostAddress();
    if (!address.isLoopbackAddress()) {
      Commands.ip(List.of("address replace %s dev lo".formatted(literal)));
    }
    if (!host.equals(literal) && !address.isLoopbackAddress()) {
      Path hosts = Sandbox.scratch().resolve("hosts");
      Files.writeString(hosts, Files.readString(HOSTS) + "%s %s%n".formatted(literal, host));
      Commands.run(List.of("mount", "--bind", hosts.toString(), HOSTS.toString()), "");
    }
  }

  private void accept() {
    new Doorkeeper(entrance, near -> Thread.ofVirtual().start(() -> serve(near)), Passage::rest)
        .run()
        .ifPresent(why ->
            log.error(
                "the way to {} is closed for new connections: taking them failed {} times: {}",
                server,
                Doorkeeper.MOST_FAILURES,
                why.getMessage()));
  }

  private static void rest(Duration pause) {
    LockSupport.parkNanos(pause.toNanos());
  }

  /** A server that is away is shown as one: the connection ends at once. */
  private void serve(Socket near) {
    open.add(near);
    try (near;
        Socket far = NetworkNamespace.callIn(machineNetwork, this::dial)) {
      open.add(far);
      Thread back = Thread.ofVirtual().start(() -> pass(far, near));
      pass(near, far);
      back.join();
      open.remove(far);
    } catch (LabException e) {
      log.warn("{} cannot be reached: {}", server, e.getMessage());
    } catch (IOException e) {
      log.debug("a connection ended: {}", e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(near);
    }
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket();
    socket.connect(server, PATIENCE_MILLIS);
    return socket;
  }

  /** Until one end stops sending; the other may still have something to say. */
  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      log.debug("a connection broke: {}", e.getMessage());
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("closing a connection: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      entrance.close();
    } catch (IOException e) {
      log.debug("closing the entrance: {}", e.getMessage());
    }
    open.forEach(Passage::close);
  }
}
