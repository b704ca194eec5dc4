package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.Tenure;
import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.agent.kafka.Beats;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A renewal that was stalled anywhere prolongs no lease: the real beats and the real lease over a
 * real kernel, stopped at each step for longer than the lease. Whatever comes out at the other end,
 * the fence is shut.
 */
class StalledRenewalTest {

  private static final int HOLDER = 1;
  private static final long SESSION = 7;
  private static final Duration LEASE = Duration.ofMillis(200);
  private static final Duration STALL = Duration.ofMillis(350);

  /** Long enough to ask the process for a beat, on a machine that is busy. */
  private static final Duration LEASE_OF_PROCESS = Duration.ofSeconds(1);

  /** Beats that are asked for when the process is stopped, so that it is in the midst of one. */
  private static final int BURST = 200;

  private static Underlay net;

  private final NetdevFence fence = (NetdevFence) net.dataPlanes.get(HOLDER).fence();
  private final List<Consumer<Optional<Exception>>> acknowledgements = new ArrayList<>();
  private Tenure tenure;

  @BeforeAll
  static void build() {
    net = new Underlay();
  }

  @AfterAll
  static void tearDown() {
    if (net != null) {
      net.close();
    }
  }

  @BeforeEach
  void held() {
    net.holder(HOLDER, true);
    tenure = tenure(fence);
    shutByTime();
  }

  @AfterEach
  void letGo() {
    net.nobodyHolds();
  }

  private static Tenure tenure(LeaseFence fence) {
    return tenure(fence, LEASE);
  }

  private static Tenure tenure(LeaseFence fence, Duration lease) {
    return new Tenure(
        fence,
        new LeaseRenewal(lease, lease),
        new WireWatch(lease),
        System::nanoTime,
        WallClock::nanos);
  }

  private void admit(LeaseMode mode) {
    SortedMap<LeaseMode, SortedSet<IpAddress>> all = new TreeMap<>();
    all.put(mode, new TreeSet<>(List.of(Underlay.FLOATING)));
    tenure.begin(SESSION, List.of(), System.nanoTime());
    tenure.admit(all, List.of());
  }

  private void shutByTime() {
    for (LeaseMode mode : LeaseMode.values()) {
      fence.renew(mode, Underlay.in(Duration.ofMillis(-1)));
    }
  }

  private Beats beats(LongSupplier clock, LongSupplier wallClock) {
    Beats beats =
        new Beats(
            "instance",
            Duration.ofMillis(50),
            LEASE,
            (_, done) -> acknowledgements.add(done),
            tenure::heard,
            clock,
            wallClock,
            System::nanoTime);
    beats.accept(new BeatOrder(SESSION, Intent.RUNNING));
    return beats;
  }

  private static void stall() {
    long end = System.nanoTime() + STALL.toNanos();
    await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() - end > 0);
  }

  private static long readThenStall(LongSupplier clock) {
    long reading = clock.getAsLong();
    stall();
    return reading;
  }

  private void assertShut() {
    assertThat(fence.open()).isEmpty();
  }

  // ---- without a stall the same steps open the fence
  // -----------------------------------------------

  @ParameterizedTest
  @EnumSource(LeaseMode.class)
  void withoutAStallTheFenceIsOpen(LeaseMode mode) {
    // Long enough for a machine that is busy with other tests.
    admit(mode);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          tenure.begin(SESSION, List.of(), System.nanoTime());
          beats(System::nanoTime, WallClock::nanos).step();
          acknowledgements.removeFirst().accept(Optional.empty());
          return fence.open().contains(Underlay.FLOATING);
        });
  }

  // ---- the steps --------------------------------------------------------------------------------

  @Test
  void betweenTheTwoClocks() {
    admit(LeaseMode.AVAILABLE);
    beats(System::nanoTime, () -> readThenStall(WallClock::nanos)).step();
    assertShut();
  }

  @Test
  void betweenReadingTheClockAndHandingOverTheBeat() {
    admit(LeaseMode.AVAILABLE);
    beats(() -> readThenStall(System::nanoTime), WallClock::nanos).step();
    assertShut();
  }

  @Test
  void betweenTheBeatAndItsAcknowledgement() {
    admit(LeaseMode.STRICT);
    beats(System::nanoTime, WallClock::nanos).step();
    stall();
    acknowledgements.removeFirst().accept(Optional.empty());
    assertShut();
  }

  @ParameterizedTest
  @EnumSource(LeaseMode.class)
  void betweenTheAcknowledgementAndTheFence(LeaseMode mode) {
    tenure = tenure(new StalledFence(fence));
    admit(mode);
    beats(System::nanoTime, WallClock::nanos).step();
    acknowledgements.removeFirst().accept(Optional.empty());
    assertShut();
  }

  /** The duration has been computed and lies in the message: only the absolute end is left. */
  @ParameterizedTest
  @EnumSource(LeaseMode.class)
  void betweenBuildingTheTransactionAndTheSystemCall(LeaseMode mode) throws InterruptedException {
    admit(mode);
    Thread renewing;
    fence.lock().lock();
    try {
      LeaseFence.Deadline deadline = Underlay.in(LEASE);
      renewing = Thread.ofPlatform().start(() -> fence.renew(mode, deadline));
      await().atMost(Duration.ofSeconds(10)).until(() -> fence.lock().hasQueuedThreads());
      stall();
    } finally {
      fence.lock().unlock();
    }
    renewing.join();
    assertShut();
  }

  /** The same with prolonging what a former process left open. */
  @Test
  void whatWasOpenWhenProlongingBeganIsNotOpenedAfterAStall() throws InterruptedException {
    admit(LeaseMode.AVAILABLE);
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMinutes(1)));
    List<Boolean> prolonged = new ArrayList<>();
    LeaseFence.Deadline deadline = Underlay.in(LEASE);
    Thread prolonging;
    fence.lock().lock();
    try {
      prolonging =
          Thread.ofPlatform()
              .start(() -> prolonged.add(fence.prolong(LeaseMode.AVAILABLE, deadline)));
      await().atMost(Duration.ofSeconds(10)).until(() -> fence.lock().hasQueuedThreads());
      stall();
    } finally {
      fence.lock().unlock();
    }
    prolonging.join();
    assertShut();
  }

  /** The whole process, at whatever it was doing; several times, so that it is not always idle. */
  @Test
  void aProcessThatIsStoppedAndGoesOn() throws IOException, InterruptedException {
    for (int round = 0; round < 5; round++) {
      Process holder = start();
      try (BufferedReader says = holder.inputReader();
          Writer asks = holder.outputWriter()) {
        beat(asks, says, 5 + round);
        assertThat(fence.open()).containsExactly(Underlay.FLOATING);

        ask(asks, BURST);
        NetworkNamespace.exec("kill", "-STOP", "" + holder.pid());
        await().atMost(Duration.ofSeconds(10)).until(() -> fence.open().isEmpty());
        NetworkNamespace.exec("kill", "-CONT", "" + holder.pid());

        listen(says, BURST);
        assertShut();
        for (int beat = 0; beat < 20; beat++) {
          beat(asks, says, 1);
          assertShut();
        }
      } finally {
        holder.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static void beat(Writer asks, BufferedReader says, int times) throws IOException {
    ask(asks, times);
    listen(says, times);
  }

  private static void ask(Writer asks, int times) throws IOException {
    asks.write("\n".repeat(times));
    asks.flush();
  }

  private static void listen(BufferedReader says, int lines) throws IOException {
    for (int i = 0; i < lines; i++) {
      assertThat(says.readLine()).isEqualTo(RenewingProcess.BEAT);
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            "ip",
            "netns",
            "exec",
            net.nodes.get(HOLDER).name(),
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            RenewingProcess.class.getName())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Stands still before each renewal. */
  private record StalledFence(LeaseFence fence) implements LeaseFence {

    @Override
    public void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
      fence.admit(addresses);
    }

    @Override
    public void shut(IpAddress address) {
      fence.shut(address);
    }

    @Override
    public void renew(LeaseMode mode, Deadline deadline) {
      stall();
      fence.renew(mode, deadline);
    }

    @Override
    public boolean prolong(LeaseMode mode, Deadline deadline) {
      stall();
      return fence.prolong(mode, deadline);
    }

    @Override
    public SortedSet<IpAddress> open() {
      return fence.open();
    }
  }

  /** Holds the address as an agent does, and beats whenever it reads a line. */
  static final class RenewingProcess {

    static final String BEAT = "beat";

    private RenewingProcess() {}

    public static void main(String[] arguments) throws IOException {
      try (LinuxDataPlane dataPlane = LinuxDataPlane.open("eth0", VxlanSettings.DEFAULT)) {
        Tenure tenure = tenure(dataPlane.fence(), LEASE_OF_PROCESS);
        tenure.begin(SESSION, List.of(), System.nanoTime());
        tenure.admit(Underlay.available(Underlay.FLOATING), List.of());
        while (System.in.read() >= 0) {
          long wall = WallClock.nanos();
          long now = System.nanoTime();
          tenure.heard(new Input.BeatSent(SESSION, now, wall));
          System.out.println(BEAT);
        }
      }
    }
  }
}
