package io.sluice.watching;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A way to the API server that can be shut: then it is as if the server were not there. */
final class Detour implements AutoCloseable {

  private static final int HTTPS = 443;

  private final URI target;
  private final ServerSocket entrance;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean shut;

  Detour(String target) throws IOException {
    this.target = URI.create(target);
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "%s://127.0.0.1:%d".formatted(target.getScheme(), entrance.getLocalPort());
  }

  /** Resets all connections, and each new one at once. */
  void shut() {
    refused.set(0);
    shut = true;
    open.forEach(Detour::reset);
  }

  /** How often somebody has tried in vain since it was shut, or ever if it never was. */
  int refused() {
    return refused.get();
  }

  void open() {
    shut = false;
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (shut) {
          refused.incrementAndGet();
          reset(near);
        } else {
          connect(near);
        }
      } catch (IOException _) {
        // Closed, or the server is away, which is what the client is to see as well.
      }
    }
  }

  private void connect(Socket near) throws IOException {
    open.add(near);
    try {
      Socket far = new Socket(target.getHost(), target.getPort() < 0 ? HTTPS : target.getPort());
      open.add(far);
      Thread.ofVirtual().start(() -> pump(near, far));
      Thread.ofVirtual().start(() -> pump(far, near));
    } catch (IOException e) {
      refused.incrementAndGet();
      reset(near);
      throw e;
    }
    if (shut) {
      open.forEach(Detour::reset);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // One end is gone; so is the other, below.
    }
    open.remove(from);
    reset(from);
    reset(to);
  }

  private static void reset(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    shut();
  }
}
