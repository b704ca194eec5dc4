package io.sluice.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host outside of the cluster: it tells everyone which source address it sees. On UDP port 7777
 * it answers each datagram with {@code ADDRESS:PORT} and, after a blank, the datagram's own text;
 * on TCP port 7777 with {@code ADDRESS:PORT} and the end; on TCP port 7778 with the same and then
 * an echo of all that it receives.
 */
public final class OutsideHost implements AutoCloseable {

  /** Where it answers with the source address it sees. */
  public static final int PORT = 7777;

  /** Where it echoes a TCP stream. */
  public static final int ECHO_PORT = 7778;

  private static final Logger log = LoggerFactory.getLogger(OutsideHost.class);
  private static final int DATAGRAM_BYTES = 2048;

  private final List<Channel> channels = new ArrayList<>();
  private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

  /**
   * A probe that arrived.
   *
   * @param at when, by the clock of this machine
   * @param probe which of several senders
   * @param sequence its number
   * @param source the address it came from
   */
  public record Arrival(Instant at, String probe, long sequence, String source) {}

  private OutsideHost() {}

  /** How to open a socket: in which network. */
  private interface Network {
    <T> T call(Callable<T> action) throws Exception;
  }

  /** Starts the servers on both addresses of the outside host of a lab. */
  public static OutsideHost start(Lab lab) {
    return start(
        List.of(Lab.MATCHED_DESTINATION, Lab.OTHER_DESTINATION), lab.host(Lab.OUTSIDE)::call);
  }

  /**
   * Starts the servers on addresses of this machine.
   *
   * @throws LabException if it does not have them, or they are taken
   */
  public static OutsideHost start(List<String> addresses) {
    return start(addresses, Callable::call);
  }

  private static OutsideHost start(List<String> addresses, Network network) {
    OutsideHost host = new OutsideHost();
    try {
      for (String address : addresses) {
        InetAddress at = InetAddress.ofLiteral(address);
        host.serve(
            network.call(() -> datagrams(new InetSocketAddress(at, PORT))), host::answerDatagrams);
        host.serve(
            network.call(() -> connections(new InetSocketAddress(at, PORT))),
            server -> host.accept(server, OutsideHost::answer));
        host.serve(
            network.call(() -> connections(new InetSocketAddress(at, ECHO_PORT))),
            server -> host.accept(server, OutsideHost::echo));
      }
    } catch (LabException e) {
      host.close();
      throw e;
    } catch (Exception e) {
      host.close();
      throw new LabException(
          "cannot listen on %s: %s".formatted(String.join(", ", addresses), e.getMessage()), e);
    }
    return host;
  }

  /** The probes that arrived so far, in order. */
  public List<Arrival> arrivals(String probe) {
    return arrivals.stream().filter(arrival -> arrival.probe().equals(probe)).toList();
  }

  @Override
  public void close() {
    for (Channel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        log.warn("closing a socket of the outside host: {}", e.getMessage());
      }
    }
  }

  /** What a server does until its channel is closed. */
  @FunctionalInterface
  private interface Service<C extends Channel> {
    void run(C channel) throws IOException;
  }

  private <C extends Channel> void serve(C channel, Service<C> service) {
    channels.add(channel);
    Thread.ofVirtual().name("outside").start(() -> untilClosed(channel, service));
  }

  private static <C extends Channel> void untilClosed(C channel, Service<C> service) {
    try {
      service.run(channel);
    } catch (ClosedChannelException _) {
      log.debug("a socket of the outside host was closed");
    } catch (IOException e) {
      throw new UncheckedIOException("the outside host stopped answering", e);
    }
  }

  private static DatagramChannel datagrams(InetSocketAddress address) throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
    return channel.bind(address);
  }

  private static ServerSocketChannel connections(InetSocketAddress address) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.INET).bind(address);
  }

  private void answerDatagrams(DatagramChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES);
    while (true) {
      buffer.clear();
      InetSocketAddress source = (InetSocketAddress) channel.receive(buffer);
      Instant now = Instant.now();
      String text = StandardCharsets.UTF_8.decode(buffer.flip()).toString().strip();
      Probe.parse(text)
          .ifPresent(shot ->
              arrivals.add(
                  new Arrival(
                      now, shot.probe(), shot.sequence(), source.getAddress().getHostAddress())));
      String answer = seen(source) + (text.isEmpty() ? "" : " " + text);
      try {
        channel.send(StandardCharsets.UTF_8.encode(answer), source);
      } catch (AsynchronousCloseException e) {
        throw e;
      } catch (IOException e) {
        // An asker that cannot be reached (any more) must not silence the host for the others.
        log.warn("no answer to {}: {}", source, e.getMessage());
      }
    }
  }

  private void accept(ServerSocketChannel server, Service<SocketChannel> service)
      throws IOException {
    while (true) {
      SocketChannel connection = server.accept();
      Thread.ofVirtual()
          .name("outside-connection")
          .start(() -> {
            try (connection) {
              service.run(connection);
            } catch (IOException e) {
              log.debug("a connection to the outside host ended: {}", e.getMessage());
            }
          });
    }
  }

  private static void answer(SocketChannel connection) throws IOException {
    write(connection, seen((InetSocketAddress) connection.getRemoteAddress()) + "\n");
  }

  private static void echo(SocketChannel connection) throws IOException {
    answer(connection);
    ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES);
    while (connection.read(buffer.clear()) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        connection.write(buffer);
      }
    }
  }

  private static void write(SocketChannel connection, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }

  private static String seen(InetSocketAddress source) {
    return source.getAddress().getHostAddress() + ":" + source.getPort();
  }
}
