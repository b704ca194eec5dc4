package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.eventually;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.OutsideHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.core.ConditionTimeoutException;

/** A TCP connection from a Pod to the outside host that sends line after line and reads it back. */
final class EchoConnection implements AutoCloseable {

  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Socket socket;
  private final AtomicLong echoes = new AtomicLong();
  private final Thread talker;
  private final Thread listener;

  private EchoConnection(Socket socket) {
    this.socket = socket;
    this.talker = Thread.ofPlatform().daemon().name("echo-connection").unstarted(this::talk);
    this.listener = Thread.ofPlatform().daemon().name("echo-listener").unstarted(this::listen);
  }

  static EchoConnection open(LabPod pod) {
    Socket socket =
        pod.namespace()
            .call(() -> {
              Socket open = new Socket();
              open.setTcpNoDelay(true);
              open.connect(
                  new InetSocketAddress(
                      InetAddress.ofLiteral(Lab.MATCHED_DESTINATION), OutsideHost.ECHO_PORT),
                  1_000);
              return open;
            });
    EchoConnection connection = new EchoConnection(socket);
    connection.listener.start();
    connection.talker.start();
    eventually("the connection is answered").until(() -> connection.echoes.get() > 10);
    return connection;
  }

  /**
   * Goes on whether or not it is answered: what was lost is sent again, as by any Pod that talks.
   */
  private void talk() {
    try {
      for (long line = 0; ; line++) {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        LockSupport.parkNanos(PACE_NANOS);
      }
    } catch (IOException _) {
      // Closed by the test, or dead: then no more echoes come, which is what is asked for.
    }
  }

  private void listen() {
    try {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      in.readLine(); // the address that the outside host saw
      for (long line = 0; Long.toString(line).equals(in.readLine()); line++) {
        echoes.incrementAndGet();
      }
    } catch (IOException _) {
      // As above.
    }
  }

  /** Whether further lines come back. */
  boolean goesOn() {
    long before = echoes.get();
    try {
      eventually("the connection goes on").until(() -> echoes.get() > before + 10);
      return true;
    } catch (ConditionTimeoutException _) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
      talker.join();
      listener.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
