package io.sluice.agent;

import static io.sluice.agent.core.Given.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Input.BeatAcknowledged;
import io.sluice.agent.core.Input.BeatSent;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an announced restart leaves open, and what the process after it makes of that. */
class TenureTest {

  private static final IpAddress FIP = ip("10.40.1.100");
  private static final Duration LEASE = Duration.ofMillis(400);
  private static final Duration RESTART_LEASE = Duration.ofSeconds(8);
  private static final long SESSION = 2;

  private long nowNanos;
  private final FakeFence fence = new FakeFence(() -> nowNanos, () -> nowNanos);
  private final Tenure tenure =
      new Tenure(
          fence,
          new LeaseRenewal(LEASE, RESTART_LEASE),
          new WireWatch(LEASE),
          () -> nowNanos,
          () -> nowNanos);

  @Test
  void aRestartIsBridgedForWhatWasGrantedToTheSession() {
    restart(List.of(FIP));

    assertThat(openUntilMillis()).isEqualTo(200 + RESTART_LEASE.toMillis());
  }

  @Test
  void itIsNotForWhatWasCarriedOverFromAFormerSession() {
    restart(List.of());

    assertThat(openUntilMillis()).isEqualTo(200 + LEASE.toMillis());
  }

  @Test
  void whatIsStillOpenAtTheFirstBeatStaysOpen() {
    takeOverWhatIsOpenForMillis(1_000);

    beat(Intent.RUNNING, 100);

    assertThat(fence.open()).containsExactly(FIP);
    assertThat(tenure.yielded()).isEmpty();
  }

  @Test
  void whatHasShutBeforeTheFirstBeatIsGivenUp() {
    takeOverWhatIsOpenForMillis(50);

    beat(Intent.RUNNING, 100);

    assertThat(fence.open()).isEmpty();
    assertThat(tenure.yielded())
        .as("somebody else may have been told to take it over meanwhile")
        .containsExactly(FIP);
  }

  /** A renewal would open all that the kernel still admits. */
  @Test
  void whatHasShutBeforeTheFirstBeatIsNotRenewedIfTheKernelDoesNotFollow() {
    takeOverWhatIsOpenForMillis(50);
    fence.failuresToCome = 1;

    beat(Intent.RUNNING, 100);
    beat(Intent.RUNNING, 150);

    assertThat(fence.open()).isEmpty();
    assertThat(tenure.yielded()).containsExactly(FIP);
    assertThat(tenure.error()).isPresent();
  }

  @Test
  void whatIsOpenedBesidesIsOpenInOneModeOnly() {
    tenure.begin(SESSION, List.of(), 0);
    tenure.admit(available(), List.of(FIP));
    TreeMap<LeaseMode, SortedSet<IpAddress>> strict = new TreeMap<>();
    strict.put(LeaseMode.STRICT, new TreeSet<>(List.of(FIP)));

    tenure.admitToo(strict, List.of(FIP));

    assertThat(fence.admitted).isEqualTo(strict);
  }

  /** A beat of a session that is over entitles the next one to nothing. */
  @Test
  void aLeaseDoesNotOutliveItsSession() {
    tenure.begin(SESSION, List.of(), 0);
    beat(Intent.RUNNING, 100);
    tenure.begin(SESSION + 1, List.of(), nowNanos);

    tenure.admit(available(), List.of(FIP));

    assertThat(fence.open()).as("before the first beat of the session").isEmpty();
  }

  /** The kernel takes its time for each change, above all for one that has nothing to remove. */
  @Test
  void allThatIsShutAtOnceIsShutInOneStep() {
    IpAddress other = ip("10.40.1.101");
    IpAddress staying = ip("10.40.1.102");
    TreeMap<LeaseMode, SortedSet<IpAddress>> held = new TreeMap<>();
    held.put(LeaseMode.AVAILABLE, new TreeSet<>(List.of(FIP, staying)));
    held.put(LeaseMode.STRICT, new TreeSet<>(List.of(other)));
    tenure.begin(SESSION, List.of(), 0);
    tenure.admit(held, List.of());
    int before = fence.changes;

    tenure.shutAtOnce(List.of(FIP, other));

    assertThat(fence.changes).isEqualTo(before + 1);
    assertThat(fence.admitted.values()).containsExactly(new TreeSet<>(List.of(staying)));
    tenure.shutAtOnce(List.of(FIP));
    assertThat(fence.changes).as("it is shut already").isEqualTo(before + 1);
  }

  /** What the former process had open is looked at while it is so. */
  private void takeOverWhatIsOpenForMillis(long millis) {
    fence.admit(available());
    fence.renew(
        LeaseMode.AVAILABLE,
        LeaseFence.Deadline.after(0, 0, TimeUnit.MILLISECONDS.toNanos(millis)));
    assertThat(tenure.takeOver()).containsExactly(FIP);
    tenure.begin(SESSION, List.of(), 0);
    tenure.admit(available(), List.of());
  }

  private static TreeMap<LeaseMode, SortedSet<IpAddress>> available() {
    TreeMap<LeaseMode, SortedSet<IpAddress>> held = new TreeMap<>();
    held.put(LeaseMode.AVAILABLE, new TreeSet<>(List.of(FIP)));
    return held;
  }

  private void restart(Collection<IpAddress> grantedToThisSession) {
    tenure.begin(SESSION, List.of(), 0);
    tenure.admit(available(), grantedToThisSession);
    beat(Intent.RUNNING, 100);
    beat(Intent.RESTARTING, 200);
  }

  private void beat(Intent intent, long atMillis) {
    long at = TimeUnit.MILLISECONDS.toNanos(atMillis);
    nowNanos = at;
    tenure.heard(new BeatSent(SESSION, at, at));
    tenure.heard(new BeatAcknowledged(SESSION, intent, at, at, at));
  }

  private long openUntilMillis() {
    return TimeUnit.NANOSECONDS.toMillis(fence.deadlines.get(LeaseMode.AVAILABLE).monotonicNanos());
  }
}
