package io.sluice.watcher.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server, and can make the connections of the moment half-open: they
 * stay, and nothing comes through any more.
 */
final class StallingProxy implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  private final class Connection {
    private final Socket near;
    private final Socket far;
    private volatile boolean stalled;

    private Connection(Socket near) throws IOException {
      this.near = near;
      this.far = new Socket(InetAddress.getLoopbackAddress(), target);
    }

    private void pump(Socket from, Socket to) {
      byte[] buffer = new byte[8_192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!stalled) {
            out.write(buffer, 0, n);
            out.flush();
          }
        }
        if (!stalled) {
          close();
        }
      } catch (IOException e) {
        if (!stalled) {
          close();
        }
      }
    }

    private void close() {
      connections.remove(this);
      try {
        near.close();
        far.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  StallingProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Connection connection = new Connection(server.accept());
        connections.add(connection);
        Thread.ofVirtual().start(() -> connection.pump(connection.near, connection.far));
        Thread.ofVirtual().start(() -> connection.pump(connection.far, connection.near));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** Makes the connections that there are now half-open; new ones work. */
  void stall() {
    connections.forEach(connection -> connection.stalled = true);
  }

  @Override
  public void close() throws IOException {
    server.close();
    connections.forEach(Connection::close);
  }
}
