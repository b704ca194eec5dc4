package io.sluice.agent.kernel;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP connection whose other end sends back what it gets. */
final class TcpEcho implements AutoCloseable {

  private static final int LONGEST_WAIT_MILLIS = 5000;
  private static final int CHUNK = 16_384;

  private final Socket client;
  private final Socket served;

  private TcpEcho(Socket client, Socket served) {
    this.client = client;
    this.served = served;
    Thread.ofPlatform().daemon().name("tcp-echo").start(this::serve);
  }

  static TcpEcho open(NetworkNamespace from, NetworkNamespace to, String host) {
    try (ServerSocket server =
        to.inside(() -> new ServerSocket(0, 1, InetAddress.getByName(host)))) {
      server.setSoTimeout(LONGEST_WAIT_MILLIS);
      // Bound at once, as the descriptor is made then, in the namespace.
      Socket client =
          from.inside(() -> {
            Socket socket = new Socket();
            socket.bind(null);
            return socket;
          });
      client.connect(new InetSocketAddress(host, server.getLocalPort()), LONGEST_WAIT_MILLIS);
      client.setSoTimeout(LONGEST_WAIT_MILLIS);
      client.setTcpNoDelay(true);
      return new TcpEcho(client, server.accept());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve() {
    try {
      served.getInputStream().transferTo(served.getOutputStream());
    } catch (IOException e) {
      // Closed.
    }
  }

  /** The source the connection has on the far side. */
  String sourceSeen() {
    return served.getInetAddress().getHostAddress();
  }

  /** Sends so many bytes and waits until they are back; fails if they do not come. */
  void exchange(int bytes) {
    try {
      OutputStream out = client.getOutputStream();
      DataInputStream in = new DataInputStream(client.getInputStream());
      for (int left = bytes; left > 0; left -= CHUNK) {
        byte[] chunk = new byte[Math.min(left, CHUNK)];
        out.write(chunk);
        in.readFully(chunk);
      }
    } catch (IOException e) {
      throw new AssertionError("the connection does not go on", e);
    }
  }

  @Override
  public void close() {
    try (Socket _ = client;
        Socket _ = served) {
      // Both ends.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
