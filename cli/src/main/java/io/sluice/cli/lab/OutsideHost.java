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

  /** Starts the servers on both addresses of the outside host. */
  public static OutsideHost start(Lab lab) {
    OutsideHost host = new OutsideHost();
    NetworkNamespace outside = lab.host(Lab.OUTSIDE);
    try {
      for (String address : List.of(Lab.MATCHED_DESTINATION, Lab.OTHER_DESTINATION)) {
        InetAddress at = InetAddress.ofLiteral(address);
        host.serve(
            outside.call(() -> datagrams(new InetSocketAddress(at, PORT))), host::answerDatagrams);
        host.serve(
            outside.call(() -> connections(new InetSocketAddress(at, PORT))),
            server -> host.accept(server, OutsideHost::answer));
        host.serve(
            outside.call(() -> connections(new InetSocketAddress(at, ECHO_PORT))),
            server -> host.accept(server, OutsideHost::echo));
      }
    } catch (RuntimeException e) {
      host.close();
      throw e;
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
