package io.sluice.agent.core;

import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.WireWatch.Response;
import io.sluice.agent.core.WireWatch.State;
import io.sluice.model.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WireWatchTest {

  private static final IpAddress A = ip("10.40.1.100");
  private static final IpAddress B = ip("10.40.1.101");
  private static final boolean PROVEN = true;
  private static final boolean UNPROVEN = false;
  private static final boolean CUT_OFF = true;
  private static final boolean CONNECTED = false;
  private static final long START = millis(5_000);

  private final WireWatch watch = new WireWatch(Duration.ofMillis(400));

  @Test
  void whoCannotProveThatTheAddressIsItsOwnYieldsAndKeepsTheOthers() {
    watch.held(ips("10.40.1.100", "10.40.1.101"), ips("10.40.1.100", "10.40.1.101"));

    assertThat(watch.claimed(A, UNPROVEN, START)).isEqualTo(Response.YIELD);

    assertThat(watch.state(A)).contains(State.YIELDED);
    assertThat(watch.state(B)).contains(State.HELD);
    assertThat(watch.yielded()).containsExactly(A);
    assertThat(watch.claimed(A, UNPROVEN, START)).as("it has done so").isEqualTo(Response.NONE);
  }

  @Test
  void whatWasGrantedToAFormerSessionIsNotProvenByThePresentOne() {
    watch.held(ips("10.40.1.100"), Set.of());

    assertThat(watch.claimed(A, PROVEN, START)).isEqualTo(Response.YIELD);
  }

  @Test
  void whoCanProveItDefendsOnceInTenSeconds() {
    watch.held(ips("10.40.1.100"), ips("10.40.1.100"));

    assertThat(watch.claimed(A, PROVEN, START)).isEqualTo(Response.DEFEND);
    for (long after = 1; after < 10_000; after += 7) {
      assertThat(watch.claimed(A, PROVEN, START + millis(after))).isEqualTo(Response.NONE);
    }
    assertThat(watch.claimed(A, PROVEN, START + millis(10_000))).isEqualTo(Response.DEFEND);
    assertThat(watch.state(A)).contains(State.HELD);
  }

  @Test
  void strictGrantsAreDefendedOrEndByThemselvesButNeverYielded() {
    watch.held(Set.of(), ips("10.40.1.100"));

    assertThat(watch.claimed(A, UNPROVEN, START)).isEqualTo(Response.NONE);
    assertThat(watch.claimed(A, PROVEN, START)).isEqualTo(Response.DEFEND);
  }

  @Test
  void theAddressesOfOthersAreNoneOfOurBusiness() {
    watch.held(ips("10.40.1.100"), Set.of());

    assertThat(watch.claimed(B, UNPROVEN, START)).isEqualTo(Response.NONE);
    assertThat(watch.state(B)).isEmpty();
  }

  @Test
  void whatWasYieldedIsNotHeldUntilASessionHasBegunWithoutIt() {
    watch.held(ips("10.40.1.100"), Set.of());
    watch.claimed(A, UNPROVEN, START);

    watch.held(ips("10.40.1.100"), ips("10.40.1.100"));
    assertThat(watch.state(A)).contains(State.YIELDED);

    watch.settle(watch.yielded());
    assertThat(watch.state(A)).isEmpty();
    watch.held(ips("10.40.1.100"), ips("10.40.1.100"));
    assertThat(watch.state(A)).contains(State.HELD);
  }

  // ---- while cut off ----------------------------------------------------------------------------

  @Test
  void whoIsConnectedAsksNobody() {
    watch.held(ips("10.40.1.100"), ips("10.40.1.100"));

    assertThat(asked(CONNECTED, START, START + millis(10_000))).isEmpty();
  }

  @Test
  void whoIsCutOffAsksForEveryAddressInTurnsAtABoundedRate() {
    TreeSet<IpAddress> thousand = new TreeSet<>();
    IntStream.range(0, 1_000)
        .forEach(i -> thousand.add(ip("10.41.%d.%d".formatted(i / 250, i % 250))));
    watch.held(thousand, Set.of());

    List<IpAddress> asked = asked(CUT_OFF, START, START + millis(5_000));

    assertThat(asked).hasSizeBetween(990, 1_010);
    assertThat(new TreeSet<>(asked)).as("each once").hasSizeGreaterThan(989);
  }

  @Test
  void aFewAddressesAreAllAskedForTwiceWithinTheBoundOnTwoHolders() {
    watch.held(ips("10.40.1.100", "10.40.1.101"), Set.of());

    assertThat(asked(CUT_OFF, START, START + millis(41))).containsExactly(A, B, A, B, A, B);
  }

  @Test
  void askingGoesOnForALeaseAfterKafkaWasHeard() {
    watch.held(ips("10.40.1.100"), Set.of());
    asked(CUT_OFF, START, START + millis(100));

    assertThat(asked(CONNECTED, START + millis(100), START + millis(500))).hasSizeBetween(18, 20);
    assertThat(asked(CONNECTED, START + millis(500), START + millis(5_000))).isEmpty();
  }

  @Test
  void oneAnswerIsReasonEnoughToAskForAllTheOthersAtOnceButNotTooOften() {
    TreeSet<IpAddress> many = new TreeSet<>();
    IntStream.range(0, 100).forEach(i -> many.add(ip("10.41.0." + i)));
    watch.held(many, Set.of());
    watch.due(CUT_OFF, START);

    watch.claimed(many.first(), UNPROVEN, START + millis(1));
    assertThat(watch.due(CUT_OFF, START + millis(1))).hasSize(99);

    watch.claimed(many.last(), UNPROVEN, START + millis(2));
    assertThat(watch.due(CUT_OFF, START + millis(2))).isEmpty();
    assertThat(watch.due(CUT_OFF, START + millis(101))).hasSize(98);
  }

  // ---- after a freeze ---------------------------------------------------------------------------

  @Test
  void afterAFreezeItAsksThreeTimesAndGoesOnIfNobodyAnswersForALease() {
    watch.askBeforeGoingOn(ips("10.40.1.100"), START);
    assertThat(watch.state(A)).contains(State.ASKING);

    assertThat(asked(CUT_OFF, START, START + millis(400))).containsExactly(A, A, A);
    assertThat(watch.unanswered(START + millis(399))).isEmpty();
    assertThat(watch.unanswered(START + millis(400))).containsExactly(A);
    assertThat(watch.unanswered(START + millis(401))).as("told once").isEmpty();
    assertThat(watch.state(A)).isEmpty();
  }

  @Test
  void whoIsAnsweredYields() {
    watch.askBeforeGoingOn(ips("10.40.1.100", "10.40.1.101"), START);
    asked(CUT_OFF, START, START + millis(101));

    assertThat(watch.claimed(A, UNPROVEN, START + millis(101))).isEqualTo(Response.YIELD);

    asked(CUT_OFF, START + millis(101), START + millis(400));
    assertThat(watch.unanswered(START + millis(400))).containsExactly(B);
  }

  @Test
  void aSecondFreezeIsNotTakenForSilence() {
    watch.askBeforeGoingOn(ips("10.40.1.100"), START);

    long later = START + millis(5_000);
    assertThat(watch.unanswered(later)).as("nothing was asked").isEmpty();
    assertThat(asked(CUT_OFF, later, later + millis(300))).containsExactly(A, A, A);
    assertThat(watch.unanswered(later + millis(299))).as("time to answer").isEmpty();
    assertThat(watch.unanswered(later + millis(300))).containsExactly(A);
  }

  @Test
  void onceKafkaIsHeardItsWordCounts() {
    watch.askBeforeGoingOn(ips("10.40.1.100"), START);

    watch.heardFromKafka();

    assertThat(asked(CONNECTED, START, START + millis(1_000))).isEmpty();
    assertThat(watch.unanswered(START + millis(1_000))).isEmpty();
  }

  @Test
  void withoutACarrierNothingIsUsedAndNobodyAsked() {
    watch.held(ips("10.40.1.100"), Set.of());

    assertThat(watch.carrier(false, UNPROVEN, START)).isFalse();

    assertThat(watch.holdsBack()).isTrue();
    assertThat(asked(CUT_OFF, START, START + millis(1_000))).isEmpty();
    assertThat(watch.nanosUntilWork(CUT_OFF, START)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whenTheCarrierIsBackAllIsAskedForAndUsedOnlyAfterAnAnswerCouldHaveCome() {
    SortedSet<IpAddress> many = new TreeSet<>(tenAddresses());
    watch.held(many, Set.of());
    watch.carrier(false, UNPROVEN, START);

    assertThat(watch.carrier(true, UNPROVEN, START)).isFalse();
    assertThat(watch.nanosUntilWork(CUT_OFF, START)).isZero();
    assertThat(watch.dueWhenBack(START)).containsExactlyElementsOf(many);
    assertThat(watch.dueWhenBack(START)).as("once").isEmpty();

    assertThat(watch.nanosUntilWork(CUT_OFF, START + millis(5))).isEqualTo(millis(15));
    assertThat(watch.carrier(true, UNPROVEN, START + millis(19))).isFalse();
    assertThat(watch.holdsBack()).isTrue();
    assertThat(watch.carrier(true, UNPROVEN, START + millis(20))).isTrue();
    assertThat(watch.holdsBack()).isFalse();
    assertThat(watch.carrier(true, UNPROVEN, START + millis(21))).as("told once").isFalse();
  }

  @Test
  void aCarrierThatIsLostAgainWhileAnAnswerIsWaitedForMeansToAskAgain() {
    watch.held(ips("10.40.1.100"), Set.of());
    watch.carrier(false, UNPROVEN, START);
    watch.carrier(true, UNPROVEN, START);
    watch.dueWhenBack(START);

    watch.carrier(false, UNPROVEN, START + millis(10));
    assertThat(watch.carrier(true, UNPROVEN, START + millis(30))).isFalse();

    assertThat(watch.dueWhenBack(START + millis(30))).containsExactly(A);
  }

  @Test
  void whoCanProveThatAllIsItsOwnAsksNobodyWhenTheCarrierIsBack() {
    watch.held(ips("10.40.1.100"), ips("10.40.1.100"));
    watch.carrier(false, PROVEN, START);

    assertThat(watch.carrier(true, PROVEN, START + millis(100))).isTrue();

    assertThat(watch.dueWhenBack(START + millis(100))).isEmpty();
  }

  @Test
  void theLoopWakesForTheNextQuestion() {
    assertThat(watch.nanosUntilWork(CUT_OFF, START)).isEqualTo(Long.MAX_VALUE);

    watch.askBeforeGoingOn(ips("10.40.1.100"), START);
    assertThat(watch.nanosUntilWork(CUT_OFF, START)).isEqualTo(millis(100));

    watch.held(ips("10.40.1.101"), Set.of());
    watch.due(CUT_OFF, START);
    assertThat(watch.nanosUntilWork(CUT_OFF, START + millis(5))).isEqualTo(millis(15));
  }

  private static List<IpAddress> tenAddresses() {
    return IntStream.range(1, 11).mapToObj(n -> ip("10.40.1." + n)).toList();
  }

  /** What is asked for when it is looked every millisecond. */
  private List<IpAddress> asked(boolean cutOff, long from, long until) {
    List<IpAddress> asked = new ArrayList<>();
    for (long now = from; now < until; now += millis(1)) {
      asked.addAll(watch.due(cutOff, now));
    }
    return asked;
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
