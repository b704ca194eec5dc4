package io.sluice.agent;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeaseSession;
import io.sluice.model.AgentReport;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent: one object that owns all its state, moved on by {@link #doWork} on one thread, or step
 * by step in a test. What happens outside comes in through the {@link Inbox}; what is to happen
 * outside goes to the data plane, to the beats and to the reports.
 *
 * <p>Nothing is changed in the kernel before both topics have been read to their end: until then
 * what is missing may only be unread. Beats begin once the kernel holds what was read, so nobody is
 * granted an address before its node can serve it.
 */
public final class AgentLoop {

  private static final Logger log = LoggerFactory.getLogger(AgentLoop.class);

  private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Where an agent is in its life. */
  public enum Phase {
    /** Reads the topics and the kernel. Keeps what an earlier life left there. */
    STARTING,
    /** Beats, and carries out what it reads. */
    RUNNING,
    /** Lets go of its addresses and says farewell. */
    LEAVING,
    /** Leaves everything as it is and says that it will be back. */
    RESTARTING,
    /** Has done its work. */
    STOPPED
  }

  private final AgentSettings settings;
  private final Inbox inbox;
  private final Consumer<BeatOrder> beats;
  private final Reconciler reconciler;
  private final Fulfilment fulfilment;
  private final Cable cable;
  private final Reporting reporting;
  private final Tenure tenure;

  private final Map<LeaseSession.Lapse, Long> lapses = new EnumMap<>(LeaseSession.Lapse.class);
  private final KafkaSilence silence = new KafkaSilence();

  private Phase phase = Phase.STARTING;
  private long session;

  /** Since when we beat; empty before. */
  private Optional<LeaseSession> lease = Optional.empty();

  private long leaveBy;
  private boolean farewellSaid;
  private boolean farewellHeard;
  private boolean takenOver;

  /** What we have let go of, and Pods of this node may still want to leave with. */
  private SortedSet<IpAddress> orphans = Collections.emptySortedSet();

  /**
   * @param tenure keeps the lease in the kernel; the caller tells it of beats
   * @param beats told what to say whenever that changes
   * @param reports told what has been carried out whenever that changes
   * @param firstSession the lease session to begin with, unless a later one is found on the topic;
   *     must be higher than those of earlier processes on this node
   * @param clock monotonic nanoseconds, only to measure how long the kernel takes
   */
  public AgentLoop(
      AgentSettings settings,
      Inbox inbox,
      DataPlane dataPlane,
      Tenure tenure,
      Consumer<BeatOrder> beats,
      Consumer<AgentReport> reports,
      long firstSession,
      LongSupplier clock) {
    this.settings = settings;
    this.inbox = inbox;
    this.tenure = tenure;
    this.beats = beats;
    this.session = firstSession;
    this.reconciler = new Reconciler(dataPlane, settings.checkInterval(), clock, clock.getAsLong());
    this.fulfilment =
        new Fulfilment(settings, dataPlane, reconciler, tenure::admitToo, tenure::shutAtOnce);
    this.cable = new Cable(reconciler, tenure, fulfilment);
    this.reporting = new Reporting(settings, reconciler, fulfilment, tenure, reports);
  }

  /** Where the agent is in its life. */
  public Phase phase() {
    return phase;
  }

  /** How many sessions ended by themselves, by reason. */
  Map<LeaseSession.Lapse, Long> lapses() {
    return Map.copyOf(lapses);
  }

  /** How many policies have a binding. */
  int policiesBound() {
    return fulfilment.policiesBound();
  }

  /** How many Pods have a binding. */
  int podsBound() {
    return fulfilment.podsBound();
  }

  /** How many Pods of this node have a clearance. */
  int podsCleared() {
    return fulfilment.podsCleared();
  }

  /** How often the kernel was found to differ, and was put right. */
  public long driftRepaired() {
    return reconciler.driftRepaired();
  }

  /** Takes in what has happened and does what is due. Never blocks but for the kernel. */
  public void doWork(long now) {
    for (Optional<Input> next = inbox.poll(); next.isPresent(); next = inbox.poll()) {
      take(next.get(), now);
    }
    switch (phase) {
      case STARTING -> start(now);
      case RUNNING -> run(now);
      case LEAVING -> leave(now);
      case RESTARTING -> restart(now);
      case STOPPED -> {}
    }
  }

  /** How long the loop may rest unless something happens. */
  public long nanosUntilWork(long now) {
    long work =
        switch (phase) {
          case STARTING -> fulfilment.nanosUntilWork(now);
          case RUNNING -> nanosUntilWorkRunning(now);
          case LEAVING -> Math.min(fulfilment.nanosUntilWork(now), leaveBy - now);
          case RESTARTING -> Math.min(lease.orElseThrow().nanosUntilDeadline(now), leaveBy - now);
          case STOPPED -> LONGEST_REST_NANOS;
        };
    return Math.clamp(work, 0, LONGEST_REST_NANOS);
  }

  /** Whether an acknowledgement does more than move deadlines on, and has to be heard at once. */
  boolean awaitsAcknowledgement(long now) {
    return phase != Phase.RUNNING || lease.orElseThrow().awaitsAcknowledgement(now);
  }

  private long nanosUntilWorkRunning(long now) {
    LeaseSession current = lease.orElseThrow();
    long kernel = Math.min(fulfilment.nanosUntilWork(now), current.nanosUntilDeadline(now));
    return Math.min(kernel, tenure.nanosUntilWork(current.unacknowledged(now), now));
  }

  private void take(Input input, long now) {
    switch (input) {
      case Input.TopicsRead read -> fulfilment.read(read);
      case Input.AssignmentRead(var ip, var assignment) -> fulfilment.read(ip, assignment);
      case Input.BindingRead(var id, var binding) -> fulfilment.read(id, binding);
      case Input.BeatSent(long ofSession, long sentAt, _) ->
          lease.ifPresent(current -> current.beatSent(ofSession, sentAt));
      case Input.BeatAcknowledged beat -> acknowledged(beat);
      case Input.AddressClaimed claim -> claimed(claim);
      case Input.DriftNoticed _ -> reconciler.noteDrift();
      case Input.StopRequested(boolean keep) -> stopRequested(keep, now);
    }
  }

  private void start(long now) {
    if (fulfilment.adopt(now) && fulfilment.isComplete()) {
      // Clocks are set back at times: never below what an earlier process was granted to.
      session = Math.max(session, fulfilment.highestSession() + 1);
      takeOver();
      if (fulfilment.carryOut(session, false, now)) {
        tenure.begin(session, Collections.emptySortedSet(), now);
        cable.note(now);
        tenure.admit(fulfilment.heldByMode(), fulfilment.granted());
        lease = Optional.of(new LeaseSession(session, settings.lease().toNanos(), now));
        phase = Phase.RUNNING;
        reporting.report(session);
        beats.accept(new BeatOrder(session, Intent.RUNNING));
        log.info(
            "ready: node {}, session {}, held {}", settings.node(), session, fulfilment.inKernel());
        return;
      }
    }
    if (reconciler.error().isPresent()) {
      reporting.report(session);
    }
  }

  /** Once: what the former process left open stays so, what it left shut is let go of. */
  private void takeOver() {
    if (!takenOver) {
      takenOver = true;
      SortedSet<IpAddress> open = new TreeSet<>(fulfilment.inKernel());
      open.retainAll(tenure.takeOver());
      log.info("of what an earlier life left, open: {}", open);
      fulfilment.carryOver(open);
    }
  }

  // ---- running ----------------------------------------------------------------------------------

  private void run(long now) {
    LeaseSession current = lease.orElseThrow();
    SortedSet<IpAddress> yielded = tenure.yielded();
    Optional<LeaseSession.Lapse> lapse =
        current.step(now, fulfilment.needsAcknowledgements(session));
    if (lapse.isEmpty() && !yielded.isEmpty()) {
      lapse = Optional.of(current.yield(now));
    }
    lapse.ifPresent(why -> lapsed(why, current.session(), yielded, now));
    goOnUnanswered(now);
    silence.note(current, now);
    cable.look(now);
    fulfilment.carryOut(session, current.strictLive(now), now);
    if (reconciler.takeInstalled() || reconciler.error().isPresent()) {
      tenure.doubt();
    }
    cable.note(now);
    tenure.admit(fulfilment.heldByMode(), fulfilment.granted());
    fulfilment.announce(now);
    fulfilment.ask(tenure.dueToAsk(current.unacknowledged(now), now));
    reporting.report(session);
    if (lapse.isPresent()) {
      tenure.begin(session, yielded, now);
      // Not before the kernel has changed: whoever reads it may grant elsewhere.
      beats.accept(new BeatOrder(session, Intent.RUNNING));
    }
  }

  /**
   * A freeze ends everything, but what nobody else has may come back; missing acknowledgements end
   * only what depends on them, and so does another machine that has one of our addresses.
   */
  private void lapsed(
      LeaseSession.Lapse why, long newSession, SortedSet<IpAddress> yielded, long now) {
    SortedSet<IpAddress> mayStay = new TreeSet<>();
    switch (why) {
      case STALLED ->
          tenure.askBeforeGoingOn(
              fulfilment.heldByMode().getOrDefault(LeaseMode.AVAILABLE, mayStay), now);
      case UNACKNOWLEDGED, YIELDED -> mayStay.addAll(fulfilment.held());
    }
    mayStay.removeAll(yielded);
    log.warn(
        "lease lapsed, {}: session {} ends holding {}, session {} begins",
        why,
        session,
        fulfilment.inKernel(),
        newSession);
    fulfilment.carryOver(mayStay);
    session = newSession;
    lapses.merge(why, 1L, Long::sum);
  }

  /** Kafka is away since a freeze, and nobody else has these: they are ours as before. */
  private void goOnUnanswered(long now) {
    SortedSet<IpAddress> unanswered = tenure.unanswered(now);
    if (!unanswered.isEmpty()) {
      log.warn("nobody answers for {}: going on with them, without Kafka", unanswered);
      unanswered.addAll(fulfilment.held());
      fulfilment.carryOver(unanswered);
    }
  }

  private void claimed(Input.AddressClaimed claim) {
    switch (claim.response()) {
      case YIELD -> log.warn("yielded {}: {} has it", claim.floatingIp(), claim.macAddress());
      case DEFEND -> {
        log.error("{} is ours, but {} has it too", claim.floatingIp(), claim.macAddress());
        fulfilment.defend(claim.floatingIp());
      }
      case NONE -> {}
    }
  }

  private void acknowledged(Input.BeatAcknowledged beat) {
    if (beat.intent() != Intent.RUNNING) {
      farewellHeard |= (beat.intent() == Intent.STOPPING) == (phase == Phase.LEAVING);
      return;
    }
    LeaseSession current = lease.orElseThrow();
    current.acknowledged(beat.session(), beat.sentAt(), beat.receivedAt());
    if (beat.session() == current.session()) {
      tenure.heardFromKafka();
    }
    if (silence.heard(current, beat)) {
      // Whatever cut us off from Kafka may have cut us off from the neighbours.
      fulfilment.announceAgain(beat.receivedAt());
    }
  }

  // ---- stopping ---------------------------------------------------------------------------------

  private void stopRequested(boolean keep, long now) {
    if (phase != Phase.STARTING && phase != Phase.RUNNING) {
      return;
    }
    leaveBy = now + settings.farewell().toNanos();
    if (keep && lease.isEmpty()) {
      phase = Phase.STOPPED;
    } else if (keep && tenure.mayKeepForRestart(now)) {
      log.info("stopping, to be back at once: everything stays, held {}", fulfilment.inKernel());
      phase = Phase.RESTARTING;
      beats.accept(new BeatOrder(session, Intent.RESTARTING));
    } else {
      leaveForGood(
          keep ? "cut off from Kafka now or before, nothing is kept for a restart" : "for good");
    }
  }

  private void leaveForGood(String why) {
    log.info("stopping, {}: letting go of {}, guards stay", why, fulfilment.inKernel());
    orphans = fulfilment.inKernel();
    farewellHeard = false;
    phase = Phase.LEAVING;
  }

  /** Who is not heard keeps nothing: somebody else may be told to take over, and we ask nobody. */
  private void restart(long now) {
    if (!farewellHeard && !tenure.mayKeepForRestart(now)) {
      leaveForGood("the announcement of a restart was not acknowledged");
      leave(now);
    } else {
      stopIf(farewellHeard || now - leaveBy >= 0);
    }
  }

  /**
   * Lets go first and says so then. Afterwards it goes on reading for a moment: Pods of this node
   * still leave through other nodes when nobody is here any more to tell the kernel where.
   */
  private void leave(long now) {
    boolean letGo = fulfilment.letGo(now);
    if (lease.isEmpty()) {
      stopIf(letGo || now - leaveBy >= 0);
      return;
    }
    reporting.report(session);
    if (letGo && !farewellSaid) {
      farewellSaid = true;
      beats.accept(new BeatOrder(session, Intent.STOPPING));
    }
    boolean settled = letGo && farewellHeard && orphans.stream().allMatch(fulfilment::isElsewhere);
    stopIf(settled || now - leaveBy >= 0);
  }

  private void stopIf(boolean done) {
    if (done) {
      phase = Phase.STOPPED;
      log.info("stopped; the kernel still holds {}", fulfilment.inKernel());
    }
  }
}
