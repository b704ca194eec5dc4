package io.sluice.cli.lab;

import io.sluice.cli.lab.LabSpec.PodSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Pod of the lab, or any other host of it, as one who talks to the outside.
 *
 * @param spec what it is
 * @param address its own address
 */
public record LabPod(PodSpec spec, String address, NetworkNamespace namespace) {

  private static final Logger log = LoggerFactory.getLogger(LabPod.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int ANSWER_BYTES = 256;
  private static final byte[] QUESTION = {'?'};

  /**
   * Sends one datagram to the outside host and returns the source address that it saw.
   *
   * @param destination an address of the outside host
   * @return empty if no answer came within a second, or the network refused the datagram
   */
  public Optional<String> askSource(String destination) {
    return askSource(namespace, destination);
  }

  /** The same from any host of the lab. */
  public static Optional<String> askSource(NetworkNamespace from, String destination) {
    return from.call(() -> askSourceFromHere(destination));
  }

  /** The same from this machine. */
  public static Optional<String> askSourceFromHere(String destination) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(InetAddress.ofLiteral(destination), OutsideHost.PORT);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.send(new DatagramPacket(QUESTION, QUESTION.length));
      DatagramPacket answer = new DatagramPacket(new byte[ANSWER_BYTES], ANSWER_BYTES);
      socket.receive(answer);
      return Optional.of(
          address(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      log.debug("no answer from {}: {}", destination, e.getMessage());
      return Optional.empty();
    }
  }

  /** The same over a TCP connection. */
  public Optional<String> askSourceByTcp(String destination) {
    return namespace.call(() -> {
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(InetAddress.ofLiteral(destination), OutsideHost.PORT),
            (int) PATIENCE.toMillis());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return Optional.ofNullable(
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine())
            .map(LabPod::address);
      } catch (IOException e) {
        log.debug("{} got no answer from {}: {}", namespace.name(), destination, e.getMessage());
        return Optional.empty();
      }
    });
  }

  /** Starts a probe to the outside host. */
  public Probe probe(String destination, Duration interval) {
    return Probe.start(spec.name(), namespace, destination, interval);
  }

  private static String address(String answer) {
    return answer.substring(0, answer.lastIndexOf(':'));
  }
}
