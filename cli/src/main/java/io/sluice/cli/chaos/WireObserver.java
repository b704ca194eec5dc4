package io.sluice.cli.chaos;

import io.sluice.agent.core.ArpPacket;
import io.sluice.agent.kernel.PacketSocket;
import io.sluice.agent.kernel.PacketSocket.Frame;
import io.sluice.agent.kernel.PacketSocket.Port;
import io.sluice.cli.chaos.core.RunResult.Wire;
import io.sluice.cli.chaos.core.Sighting;
import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.model.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches the switch of the lab: through which node's cable comes a frame that claims a floating
 * IP, and when, by the kernel's own time. It also asks everybody for each address all the time, so
 * that whoever would answer is seen, whether he has anything to send or not.
 */
public final class WireObserver implements AutoCloseable {

  /** How often it asks for each address. */
  public static final Duration ASKS_EVERY = Duration.ofMillis(2);

  private static final Duration PATIENCE = Duration.ofMillis(50);

  private final PacketSocket socket;
  private final Map<Integer, String> nodes = new HashMap<>();
  private final SortedSet<IpAddress> addresses;
  private final List<Sighting> sightings = new ArrayList<>();
  private final Thread asking;
  private final Thread listening;
  private volatile boolean askNoMore;
  private volatile boolean listenNoMore;
  private volatile Optional<RuntimeException> failure = Optional.empty();
  private volatile long longestPauseNanos;

  private WireObserver(Lab lab, SortedSet<IpAddress> addresses) {
    this.addresses = new TreeSet<>(addresses);
    for (NodeSpec node : lab.spec().nodes()) {
      nodes.put(PacketSocket.port(lab.switchPort(node.name())).index(), node.name());
    }
    Port bridge = PacketSocket.port(Lab.UNDERLAY);
    List<byte[]> questions =
        addresses.stream()
            .map(ip ->
                ArpPacket.request(bridge.macAddress(), IpAddress.parse(Lab.UNDERLAY_ADDRESS), ip)
                    .broadcastFrame())
            .toList();
    socket = PacketSocket.claims(addresses, PATIENCE);
    asking = thread("wire-asks", () -> ask(bridge.index(), questions));
    listening = thread("wire-listens", this::listen);
  }

  /**
   * Begins to watch and to ask.
   *
   * @param addresses the floating IPs
   */
  public static WireObserver start(Lab lab, SortedSet<IpAddress> addresses) {
    WireObserver observer = new WireObserver(lab, addresses);
    observer.listening.start();
    observer.asking.start();
    return observer;
  }

  private Thread thread(String name, Runnable work) {
    return Thread.ofPlatform()
        .name(name)
        .daemon()
        .unstarted(() -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            failure = Optional.of(e);
          }
        });
  }

  private void ask(int bridge, List<byte[]> questions) {
    long asked = System.nanoTime();
    while (!askNoMore) {
      questions.forEach(question -> socket.send(bridge, question));
      long now = System.nanoTime();
      longestPauseNanos = Math.max(longestPauseNanos, now - asked);
      asked = now;
      LockSupport.parkNanos(this, ASKS_EVERY.toNanos());
    }
  }

  private void listen() {
    while (true) {
      Optional<Frame> frame = socket.receive();
      if (frame.isEmpty() && listenNoMore) {
        return;
      }
      frame.flatMap(this::sighting).ifPresent(this::add);
    }
  }

  private void add(Sighting sighting) {
    synchronized (sightings) {
      sightings.add(sighting);
    }
  }

  /** What has been seen so far. */
  public List<Sighting> sightings() {
    synchronized (sightings) {
      return List.copyOf(sightings);
    }
  }

  private Optional<Sighting> sighting(Frame frame) {
    return Optional.ofNullable(nodes.get(frame.interfaceIndex()))
        .flatMap(node -> Sighting.of(frame.nanos(), node, frame.bytes()))
        .filter(sighting -> addresses.contains(sighting.address()));
  }

  /**
   * Asks no more, takes in what is on its way, and returns all that was seen.
   *
   * @throws LabException if watching failed
   */
  public Wire stop() {
    askNoMore = true;
    join(asking);
    listenNoMore = true;
    join(listening);
    failure.ifPresent(e -> {
      throw new LabException("the wire could not be watched: " + e.getMessage(), e);
    });
    return new Wire(sightings(), ASKS_EVERY.toNanos(), socket.dropped(), longestPauseNanos);
  }

  @Override
  public void close() {
    askNoMore = true;
    listenNoMore = true;
    join(asking);
    join(listening);
    socket.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}
