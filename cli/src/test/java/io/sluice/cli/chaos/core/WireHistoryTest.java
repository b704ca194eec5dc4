package io.sluice.cli.chaos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.chaos.core.Sighting.Kind;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Times are milliseconds here; signs are two milliseconds apart. */
class WireHistoryTest {

  private static final IpAddress IP = IpAddress.parse("10.40.1.100");
  private static final IpAddress OTHER = IpAddress.parse("10.40.1.101");
  private static final long STEP = 2;
  private static final long STEADY = TimeUnit.NANOSECONDS.toMillis(WireHistory.STEADY_NANOS);

  private final List<Sighting> signs = new ArrayList<>();

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private WireHistoryTest sign(String node, IpAddress ip, long... millis) {
    LongStream.of(millis)
        .forEach(at -> signs.add(new Sighting(nanos(at), node, ip, Kind.ARP_REPLY)));
    return this;
  }

  /** Signs all the time from the one to the other. */
  private WireHistoryTest has(String node, long from, long to) {
    return sign(node, IP, LongStream.iterate(from, at -> at <= to, at -> at + STEP).toArray());
  }

  private WireHistory history() {
    return new WireHistory(signs, nanos(STEP));
  }

  private long twoHolderMillis() {
    return TimeUnit.NANOSECONDS.toMillis(history().twoHolderNanos(IP));
  }

  @Test
  void withoutSignsNobodyHasAnything() {
    assertThat(history().addresses()).isEmpty();
    assertThat(history().tenures(IP)).isEmpty();
    assertThat(twoHolderMillis()).isZero();
    assertThat(history().handover(IP, "a", 0)).isEqualTo(Optional.empty());
  }

  @Test
  void oneAfterTheOtherIsNoOverlap() {
    has("a", 0, 100).has("b", 101, 300);
    assertThat(twoHolderMillis()).isZero();
    assertThat(history().overlaps(IP)).isEmpty();
  }

  @Test
  void bothAtATimeAreTwoHoldersFromTheFirstSignToTheLast() {
    has("a", 0, 400).has("b", 301, 900);
    assertThat(twoHolderMillis()).isEqualTo(99);
    assertThat(history().overlaps(IP))
        .containsExactly(new Overlap(IP, "a", "b", nanos(301), nanos(400)));
  }

  @Test
  void oneSignBetweenTwoOfAnotherIsAnOverlapOfAtLeastTheSamplingInterval() {
    has("a", 0, 100).sign("b", IP, 51);
    assertThat(twoHolderMillis()).isEqualTo(STEP);
  }

  /** The old holder wakes up for one packet, long after. */
  @Test
  void aLateSignOfTheOldHolderIsAnOverlap() {
    has("a", 0, 100).has("b", 200, 11_000).sign("a", IP, 10_001);
    assertThat(twoHolderMillis()).isEqualTo(STEP);
    assertThat(history().overlaps(IP))
        .containsExactly(new Overlap(IP, "b", "a", nanos(10_001), nanos(10_003)));
  }

  @Test
  void thereAndBackAgainIsNoOverlapWhenEachFallsSilentInTime() {
    has("a", 0, 100).has("b", 110, 400).has("a", 420, 600);
    assertThat(twoHolderMillis()).isZero();
    assertThat(history().tenures(IP)).hasSize(3);
  }

  /** Whoever was not asked for a moment is believed to have had it all the time. */
  @Test
  void aShortSilenceDoesNotEndATenure() {
    has("a", 0, 100).sign("b", IP, 150).has("a", 100 + STEADY, 400);
    assertThat(history().tenures(IP)).hasSize(2);
    assertThat(twoHolderMillis()).isEqualTo(STEP);
  }

  @Test
  void aLongerSilenceDoes() {
    has("a", 0, 100).sign("b", IP, 150).has("a", 101 + STEADY, 400);
    assertThat(history().tenures(IP)).hasSize(3);
    assertThat(twoHolderMillis()).isZero();
  }

  @Test
  void threeAtATimeAreCountedOnce() {
    has("a", 0, 1_000).has("b", 101, 601).has("c", 301, 801);
    assertThat(history().overlaps(IP)).hasSize(3);
    assertThat(twoHolderMillis()).isEqualTo(700);
  }

  @Test
  void overlapsApartAreAddedUp() {
    has("a", 0, 5_000).has("b", 101, 201).has("b", 1_001, 1_301);
    assertThat(twoHolderMillis()).isEqualTo(400);
  }

  @Test
  void addressesHaveNothingToDoWithEachOther() {
    has("a", 0, 400).sign("b", OTHER, 100, 102, 104);
    assertThat(history().addresses()).isEqualTo(new TreeSet<>(List.of(IP, OTHER)));
    assertThat(twoHolderMillis()).isZero();
    assertThat(history().twoHolderNanos(OTHER)).isZero();
  }

  @Test
  void theOrderOfSignsDoesNotMatter() {
    has("a", 0, 400).has("b", 301, 900).has("c", 880, 1_000);
    List<Overlap> inOrder = history().overlaps(IP);
    Collections.shuffle(signs, new Random(7));
    assertThat(history().overlaps(IP)).isEqualTo(inOrder);
  }

  @Test
  void aHandoverIsFromTheLastSignToTheFirst() {
    has("a", 0, 400).has("b", 521, 900);
    Handover handover = history().handover(IP, "a", nanos(100)).orElseThrow();
    assertThat(handover).isEqualTo(new Handover("a", nanos(400), "b", nanos(521)));
    assertThat(handover.silenceNanos()).isEqualTo(nanos(121));
  }

  @Test
  void aHandoverWithBothAtATimeHasANegativeSilence() {
    has("a", 0, 400).has("b", 351, 900);
    assertThat(history().handover(IP, "a", nanos(100)).orElseThrow().silenceNanos())
        .isEqualTo(nanos(-49));
  }

  @Test
  void whoHadItBeforeIsNoHeir() {
    has("b", 0, 100).has("a", 300, 800);
    assertThat(history().handover(IP, "a", nanos(500))).isEqualTo(Optional.empty());
  }

  @Test
  void theLastSignOfATimeCountsBothEnds() {
    has("a", 0, 10).sign("b", OTHER, 8);
    assertThat(WireHistory.lastSign(signs, IP, nanos(3), nanos(8))).hasValue(nanos(8));
    assertThat(WireHistory.lastSign(signs, IP, nanos(11), nanos(99))).isEmpty();
  }
}
