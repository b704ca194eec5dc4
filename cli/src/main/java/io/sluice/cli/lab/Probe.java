package io.sluice.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends numbered datagrams from a Pod to the outside host at a steady pace and notes when each was
 * sent, when its answer came and which source address the outside host saw.
 */
public final class Probe implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Probe.class);
  private static final String WORD = "probe";
  private static final int DATAGRAM_BYTES = 256;

  private final String name;
  private final DatagramChannel channel;
  private final Duration interval;
  private final Map<Long, Instant> sent = new ConcurrentHashMap<>();
  private final Map<Long, Answer> answers = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final Thread sender;
  private final Thread receiver;
  private volatile boolean stopping;
  private volatile Optional<Instant> newestAnswered = Optional.empty();

  /** One probe on the wire. */
  record Shot(String probe, long sequence) {

    String text() {
      return WORD + " " + probe + " " + sequence;
    }
  }

  private record Answer(Instant at, String source) {}

  private Probe(String name, DatagramChannel channel, Duration interval) {
    this.name = name;
    this.channel = channel;
    this.interval = interval;
    this.sender = Thread.ofPlatform().name("probe-send-" + name).daemon().unstarted(this::send);
    this.receiver =
        Thread.ofPlatform().name("probe-receive-" + name).daemon().unstarted(this::receive);
  }

  /**
   * Starts sending from inside a namespace.
   *
   * @param name without blanks; {@link OutsideHost#arrivals} knows the probe by it
   * @param destination an address of the outside host
   */
  public static Probe start(
      String name, NetworkNamespace from, String destination, Duration interval) {
    return start(name, from.call(() -> connect(destination)), interval);
  }

  /**
   * Starts sending from this machine.
   *
   * @throws IOException if there is no way to the destination
   */
  public static Probe start(String name, String destination, Duration interval) throws IOException {
    return start(name, connect(destination), interval);
  }

  private static DatagramChannel connect(String destination) throws IOException {
    DatagramChannel open = DatagramChannel.open(StandardProtocolFamily.INET);
    open.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
    return open.connect(
        new InetSocketAddress(InetAddress.ofLiteral(destination), OutsideHost.PORT));
  }

  private static Probe start(String name, DatagramChannel channel, Duration interval) {
    Probe probe = new Probe(name, channel, interval);
    probe.receiver.start();
    probe.sender.start();
    return probe;
  }

  /** Reads what {@link Shot#text} wrote; empty for anything else. */
  static Optional<Shot> parse(String text) {
    String[] words = text.split(" ", -1);
    if (words.length != 3 || !words[0].equals(WORD) || !words[2].matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(new Shot(words[1], Long.parseLong(words[2])));
  }

  /** When the newest datagram was sent that has been answered; cheap, unlike {@link #report}. */
  public Optional<Instant> newestAnswered() {
    return newestAnswered;
  }

  /** What has been noted so far. */
  public ProbeReport report() {
    List<ProbeReport.Shot> shots = new ArrayList<>();
    for (Map.Entry<Long, Instant> entry : sent.entrySet()) {
      Optional<Answer> answer = Optional.ofNullable(answers.get(entry.getKey()));
      shots.add(
          new ProbeReport.Shot(
              entry.getKey(),
              entry.getValue(),
              answer.map(Answer::at),
              answer.map(Answer::source)));
    }
    return new ProbeReport(shots);
  }

  /** Stops sending, gives the last answers 200 ms, and returns all that was noted. */
  public ProbeReport stop() {
    stopping = true;
    join(sender);
    LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    close();
    return report();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    join(sender);
    join(receiver);
  }

  private void send() {
    long start = System.nanoTime();
    for (long sequence = 0; !stopping; sequence++) {
      long due = start + sequence * interval.toNanos();
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      sent.put(sequence, Instant.now());
      try {
        channel.write(StandardCharsets.UTF_8.encode(new Shot(name, sequence).text()));
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException e) {
        // No route, an unreachable host: such a probe counts as lost, and the next one is due.
        if (refused.getAndIncrement() == 0) {
          log.info("probe {}: sending failed at first with: {}", name, e.getMessage());
        }
      }
    }
  }

  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES);
    while (!stopping || channel.isOpen()) {
      try {
        channel.read(buffer.clear());
        Instant now = Instant.now();
        note(StandardCharsets.UTF_8.decode(buffer.flip()).toString(), now);
      } catch (PortUnreachableException _) {
        log.debug("probe {}: the outside host does not listen", name);
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException e) {
        if (refused.getAndIncrement() == 0) {
          log.info("probe {}: receiving failed at first with: {}", name, e.getMessage());
        }
      }
    }
  }

  private void note(String answer, Instant at) {
    int blank = answer.indexOf(' ');
    int colon = answer.indexOf(':');
    if (colon > 0 && blank > colon) {
      parse(answer.substring(blank + 1))
          .ifPresent(shot -> note(shot, new Answer(at, answer.substring(0, colon))));
    }
  }

  private void note(Shot shot, Answer answer) {
    answers.putIfAbsent(shot.sequence(), answer);
    Optional<Instant> at = Optional.ofNullable(sent.get(shot.sequence()));
    if (newestAnswered.isEmpty() || at.filter(newestAnswered.get()::isBefore).isPresent()) {
      newestAnswered = at;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
