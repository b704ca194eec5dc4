package io.sluice.agent.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends UDP datagrams and is told from which source they arrived. */
final class Probe implements AutoCloseable {

  private static final int ANSWER_MILLIS = 1_200;
  private static final int PORT = 7777;

  private final DatagramSocket socket;

  private Probe(DatagramSocket socket) {
    this.socket = socket;
  }

  static Probe from(NetworkNamespace namespace) {
    return new Probe(namespace.inside(() -> new DatagramSocket()));
  }

  /** The source address that a datagram of a new connection arrived with; empty if it did not. */
  static Optional<String> seen(NetworkNamespace from, String destination) {
    try (Probe probe = from(from)) {
      return probe.sourceSeenBy(destination);
    }
  }

  /** Answers every datagram to one of the hosts with its source address, until closed. */
  static AutoCloseable mirror(NetworkNamespace namespace, String... hosts) {
    List<DatagramSocket> sockets = new ArrayList<>();
    for (String host : hosts) {
      DatagramSocket socket = namespace.inside(() -> bound(host));
      sockets.add(socket);
      Thread.ofPlatform().daemon().name("mirror-" + host).start(() -> mirror(socket));
    }
    return () -> sockets.forEach(DatagramSocket::close);
  }

  private static DatagramSocket bound(String host) throws IOException {
    DatagramSocket socket = new DatagramSocket(null);
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(host, PORT));
    return socket;
  }

  private static void mirror(DatagramSocket socket) {
    byte[] buffer = new byte[2000];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] source = packet.getAddress().getHostAddress().getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(source, source.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed, or an ICMP error for an answer nobody waited for: the next receive tells.
        if (socket.isClosed()) {
          return;
        }
      }
    }
  }

  /** The source a datagram to this host has on arrival; empty if it does not arrive. */
  Optional<String> sourceSeenBy(String host) {
    return sourceSeenBy(host, 1);
  }

  /** Sends a datagram and does not wait for the answer. */
  void send(String host) {
    try {
      socket.send(
          new DatagramPacket(
              new byte[1], 1, new InetSocketAddress(InetAddress.getByName(host), PORT)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is sent to from elsewhere, under this address. */
  InetSocketAddress address(String host) {
    return new InetSocketAddress(host, socket.getLocalPort());
  }

  /** Sends a datagram as a mirror on this host would. */
  static void send(NetworkNamespace namespace, String host, InetSocketAddress to) {
    try (DatagramSocket socket = namespace.inside(() -> bound(host))) {
      socket.send(new DatagramPacket(new byte[1], 1, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a datagram comes in. */
  boolean receives() {
    try {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.receive(new DatagramPacket(new byte[100], 100));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<String> sourceSeenBy(String host, int bytes) {
    try {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.send(
          new DatagramPacket(
              new byte[bytes], bytes, new InetSocketAddress(InetAddress.getByName(host), PORT)));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      String source = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
      return Optional.of(source);
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
