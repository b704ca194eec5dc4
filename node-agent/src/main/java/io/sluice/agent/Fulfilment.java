package io.sluice.agent;

import io.sluice.agent.core.AgentState;
import io.sluice.agent.core.Assignments;
import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.Holdings;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.TableDifferences;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what was read, as far as a lease session allows it, into the kernel of this node. */
final class Fulfilment {

  private static final Logger log = LoggerFactory.getLogger(Fulfilment.class);

  private final String node;
  private final Reconciler reconciler;
  private final AgentState state;
  private final Holdings holdings;
  private final Opener opener;
  private final Consumer<Collection<IpAddress>> shutter;
  private final Announcing announcing;

  private boolean carrier = true;
  private boolean adopted;
  private boolean topicsRead;
  private boolean assignmentsChanged = true;
  private long wantedBy;
  private boolean wantedStrictLive;
  private SortedSet<IpAddress> wanted = Collections.emptySortedSet();
  private SortedSet<IpAddress> toPrepare = Collections.emptySortedSet();
  private SortedSet<IpAddress> inKernel = Collections.emptySortedSet();
  private SortedSet<IpAddress> prepared = Collections.emptySortedSet();
  private SortedSet<IpAddress> opened = Collections.emptySortedSet();
  private boolean needsAcknowledgements;
  private SortedSet<IpAddress> granted = Collections.emptySortedSet();
  private Optional<String> namesake = Optional.empty();

  /** Opens the fence for more than it is open for. */
  interface Opener {

    /**
     * @param addresses to be open too, by what keeps them alive
     * @param toThisSession which were granted to the present session
     */
    void open(
        SortedMap<LeaseMode, SortedSet<IpAddress>> addresses, Collection<IpAddress> toThisSession);
  }

  /**
   * @param shutter shuts the fence for some addresses and returns when that is done
   */
  Fulfilment(
      AgentSettings settings,
      DataPlane dataPlane,
      Reconciler reconciler,
      Opener opener,
      Consumer<Collection<IpAddress>> shutter) {
    this.opener = opener;
    this.shutter = shutter;
    this.node = settings.node();
    this.announcing = new Announcing(dataPlane);
    this.reconciler = reconciler;
    this.state = new AgentState(node, settings.leakGuard());
    this.holdings = new Holdings(node);
  }

  // ---- what is read -----------------------------------------------------------------------------

  void read(Input.TopicsRead read) {
    state
        .readAll(read.assignments(), read.bindings())
        .forEach(id -> log.warn("left out a binding whose key and value disagree: {}", id));
    topicsRead = true;
    assignmentsChanged = true;
    log.info(
        "topics read to their end: {} assignments, {} bindings",
        read.assignments().size(),
        read.bindings().size());
  }

  void read(BindingId id, Optional<Binding> binding) {
    if (!state.read(id, binding)) {
      log.warn("left out a binding whose key and value disagree: {}", id);
    }
  }

  void read(IpAddress floatingIp, Optional<Assignment> assignment) {
    Assignments.Reading reading = state.read(floatingIp, assignment);
    String what = assignment.map(Assignments::text).orElse("deleted");
    switch (reading) {
      case ACCEPTED -> {
        assignmentsChanged = true;
        log.info("assignment read: {} {}", floatingIp, what);
      }
      case UNCHANGED -> log.debug("assignment read again: {} {}", floatingIp, what);
      case STALE -> log.warn("assignment refused, a newer epoch is known: {} {}", floatingIp, what);
    }
  }

  /** How many policies have a binding. */
  int policiesBound() {
    return state.policiesBound();
  }

  /** How many Pods have a binding. */
  int podsBound() {
    return state.podsBound();
  }

  /** How many Pods of this node have a clearance. */
  int podsCleared() {
    return state.podsCleared();
  }

  /** Whether it is known what everything should be. */
  boolean isComplete() {
    return topicsRead;
  }

  /** Whether the floating IP has been granted to another node. */
  boolean isElsewhere(IpAddress floatingIp) {
    return state
        .assignments()
        .of(floatingIp)
        .map(assignment ->
            assignment.state() == Assignment.State.GRANTED
                && !assignment.holder().orElseThrow().node().equals(node))
        .orElse(true);
  }

  /** The highest session of this node that anything was granted to. */
  long highestSession() {
    return holdings.highestSession(state.assignments());
  }

  // ---- what follows -----------------------------------------------------------------------------

  /** Looks what an earlier life left in the kernel; returns whether that is known now. */
  boolean adopt(long now) {
    if (!adopted && reconciler.prepare(now)) {
      adopted = true;
      KernelTables found = reconciler.kernel().orElseThrow();
      state.remember(found);
      holdings.carryOver(found.held());
      inKernel = found.held();
      announcing.begin(inKernel, now);
      log.info("found in the kernel, kept until the topics are read: held {}", inKernel);
    }
    return adopted;
  }

  /** A session begins; what is held now may outlive the former one only if it is among these. */
  void carryOver(Collection<IpAddress> mayStay) {
    holdings.carryOver(mayStay);
    assignmentsChanged = true;
  }

  /**
   * Whether the session, by all that was read, has a grant that needs acknowledged beats, or is to
   * have one.
   */
  boolean needsAcknowledgements(long session) {
    if (assignmentsChanged) {
      needsAcknowledgements = holdings.needsAcknowledgements(state.assignments(), session);
    }
    return needsAcknowledgements;
  }

  /** Brings the kernel up to date for this session; returns whether it is. */
  boolean carryOut(long session, boolean strictLive, long now) {
    if (assignmentsChanged || session != wantedBy || strictLive != wantedStrictLive) {
      assignmentsChanged = false;
      wantedBy = session;
      wantedStrictLive = strictLive;
      wanted = holdings.wanted(state.assignments(), session, strictLive);
      toPrepare = holdings.toPrepare(state.assignments(), session);
      granted = holdings.grantedTo(state.assignments(), session);
      noteNamesake(session);
      openWhatIsReady(now);
    }
    return bringAbout(now);
  }

  /**
   * What the kernel is ready for is held by it as soon as the fence is opened. That comes first,
   * for the packets that wait leave when the rest is carried out.
   */
  private void openWhatIsReady(long now) {
    SortedSet<IpAddress> ready = new TreeSet<>(wanted);
    ready.retainAll(prepared);
    if (ready.isEmpty()) {
      return;
    }
    prepared = TableDifferences.without(prepared, ready);
    SortedSet<IpAddress> both = new TreeSet<>(inKernel);
    both.addAll(ready);
    inKernel = both;
    opened = ready;
    opener.open(heldByMode(), granted);
    announcing.begin(ready, now);
    announcing.announceDue(now);
    log.info("granted, opened and announced what this node was ready for: {}", ready);
  }

  /** Brings the kernel to hold no floating IP; returns whether it is so. */
  boolean letGo(long now) {
    if (topicsRead) {
      wanted = Collections.emptySortedSet();
      toPrepare = Collections.emptySortedSet();
      assignmentsChanged = true;
      return bringAbout(now);
    }
    if (!adopt(now) || !reconciler.prepare(now)) {
      return false;
    }
    KernelTables found = reconciler.kernel().orElseThrow();
    boolean done = reconciler.reconcile(found.withoutHeld(found.held()), now);
    inKernel = done ? Collections.emptySortedSet() : inKernel;
    return done;
  }

  private boolean bringAbout(long now) {
    if (reconciler.nic().isEmpty()) {
      return false;
    }
    shutWhatIsNotAskedBack();
    KernelTables desired = state.tables(wanted, toPrepare, reconciler.nic().get());
    if (!reconciler.reconcile(desired, now)) {
      return false;
    }
    state.settle();
    opened = Collections.emptySortedSet();
    noteCarrier(now);
    SortedSet<IpAddress> before = inKernel;
    inKernel = TableDifferences.without(desired.held(), toPrepare);
    prepared = TableDifferences.without(desired.held(), inKernel);
    if (!before.equals(inKernel)) {
      announcing.end(TableDifferences.without(before, inKernel));
      announcing.begin(TableDifferences.without(inKernel, before), now);
    }
    return true;
  }

  /**
   * What this node is asked to let go of stays open until its packets have another way, so that
   * none is lost: nobody else has it before this node reports. Anything else may be another's
   * already.
   */
  private void shutWhatIsNotAskedBack() {
    SortedSet<IpAddress> lost = new TreeSet<>(inKernel);
    lost.removeAll(wanted);
    lost.removeIf(this::isAskedBack);
    if (!lost.isEmpty()) {
      shutter.accept(lost);
    }
  }

  private boolean isAskedBack(IpAddress floatingIp) {
    return state
        .assignments()
        .of(floatingIp)
        .filter(assignment -> assignment.state() == Assignment.State.RELEASING)
        .flatMap(Assignment::holder)
        .filter(holder -> holder.node().equals(node))
        .isPresent();
  }

  /** While there was none, nobody heard what was announced. */
  private void noteCarrier(long now) {
    boolean back = reconciler.hasCarrier() && !carrier;
    carrier = reconciler.hasCarrier();
    if (back) {
      announceAgain(now);
    }
  }

  private void noteNamesake(long session) {
    long highest = highestSession();
    namesake =
        highest <= session
            ? Optional.empty()
            : Optional.of(
                "session %d of %s has been granted addresses, but this agent is in session %d: end"
                        .formatted(highest, node, session)
                    + " the other agent that runs under this node's name");
    namesake.ifPresent(log::error);
  }

  /** Announces what is due. */
  void announce(long now) {
    announcing.announceDue(now);
  }

  /** Announces one address once: somebody else did. */
  void defend(IpAddress floatingIp) {
    if (inKernel.contains(floatingIp)) {
      announcing.announce(floatingIp);
    }
  }

  /** Asks whether another machine has these. */
  void ask(Collection<IpAddress> floatingIps) {
    announcing.ask(floatingIps);
  }

  /** Announces everything again: the neighbours may have missed it. */
  void announceAgain(long now) {
    announcing.begin(inKernel, now);
  }

  // ---- what has become of it --------------------------------------------------------------------

  /** The floating IPs that the kernel holds, as far as we know. */
  SortedSet<IpAddress> inKernel() {
    return inKernel;
  }

  /** The floating IPs that the kernel holds and this session may. */
  SortedSet<IpAddress> held() {
    SortedSet<IpAddress> held = new TreeSet<>(wanted);
    held.retainAll(inKernel);
    return held;
  }

  /** The floating IPs that the kernel holds and this session may, by what keeps them alive. */
  SortedMap<LeaseMode, SortedSet<IpAddress>> heldByMode() {
    SortedMap<LeaseMode, SortedSet<IpAddress>> byMode = new TreeMap<>();
    for (IpAddress floatingIp : wanted) {
      if (inKernel.contains(floatingIp)) {
        LeaseMode mode = state.assignments().of(floatingIp).orElseThrow().leaseMode();
        byMode.computeIfAbsent(mode, _ -> new TreeSet<>()).add(floatingIp);
      }
    }
    return byMode;
  }

  /** What was granted to this very session. */
  SortedSet<IpAddress> granted() {
    return granted;
  }

  /** What has been carried out; more than the fence is to be open for what is held. */
  List<Applied> applied(long session) {
    SortedSet<IpAddress> unfinished = new TreeSet<>(opened);
    unfinished.retainAll(wanted);
    SortedSet<IpAddress> done = TableDifferences.without(inKernel, unfinished);
    List<Applied> inPlace =
        holdings.carriedOut(state.assignments(), session, wanted, done, prepared);
    return carrier ? inPlace : Holdings.withoutCarrier(inPlace);
  }

  /** Everything that is wrong now, as one text. */
  Optional<String> error() {
    List<String> all = new ArrayList<>();
    reconciler.error().ifPresent(all::add);
    announcing.error().ifPresent(all::add);
    namesake.ifPresent(all::add);
    if (!carrier) {
      all.add(
          reconciler.nic().orElseThrow().name() + " has no carrier: look at its cable and switch");
    }
    all.addAll(state.problems());
    return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
  }

  /** How long until something is due without a new input. */
  long nanosUntilWork(long now) {
    long kernel = reconciler.nanosUntilWork(now);
    return Math.min(kernel, announcing.nanosUntilDue(now));
  }
}
