package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What an agent owes to other machines that have one of its addresses (design, section 4.5). Who
 * cannot prove that the address is still its own gives way at once; who can, says so again, but not
 * more often than RFC 5227 (section 2.4) allows. While it cannot hear from Kafka it asks the wire,
 * and so it does after a freeze, before it goes on.
 *
 * <p>What it asks is bounded whatever the number of addresses: a few of those held, in turns. Who
 * was declared silent has lost all of them, so one answer is enough to ask for all the others.
 */
public final class WireWatch {

  /** What an address is to this node. */
  public enum State {
    /** Held, and nobody else was heard. */
    HELD,
    /** Let go of after a freeze; held again unless somebody answers or Kafka is heard. */
    ASKING,
    /** Another machine has it; held again only when granted to a session that begins after that. */
    YIELDED
  }

  /** What to do upon hearing that another machine has an address. */
  public enum Response {
    /** It is none of ours, or has been defended a moment ago. */
    NONE,
    /** To announce it once: it is ours. */
    DEFEND,
    /** To close the fence for it at once. */
    YIELD
  }

  /** The bound on two holders is 50 ms; two rounds fit into it, with the answer. */
  static final long ASKS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  static final int ASKED_AT_ONCE = 4;

  /** After an answer all are asked for at once, but no more often than this. */
  static final long ASKS_FOR_ALL_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** DEFEND_INTERVAL of RFC 5227. */
  static final long DEFENDS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * How long an answer is waited for when the cable is back; it takes a millisecond, and more from
   * a machine that is busy.
   */
  static final long ANSWERS_WITHIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** PROBE_NUM of RFC 5227, in a lease and not in seconds: the wire has long been up. */
  static final int QUESTIONS = 3;

  /**
   * @param next when to ask again, or to give up waiting for an answer to the last time
   */
  private record Question(int asked, long next) {}

  /** Whether neighbours can be heard; what happened while they could not has to be asked for. */
  private enum Cable {
    IN,
    OUT,
    BACK,
    ASKED
  }

  private final long leaseNanos;

  /** Between two questions, after the last, and before the first: Kafka may make it needless. */
  private final long questionNanos;

  private final SortedSet<IpAddress> held = new TreeSet<>();
  private final SortedSet<IpAddress> granted = new TreeSet<>();
  private final SortedSet<IpAddress> yielded = new TreeSet<>();
  private final SortedMap<IpAddress, Question> asking = new TreeMap<>();
  private final Map<IpAddress, Long> defendedAt = new HashMap<>();

  private Cable cable = Cable.IN;
  private long answeredBy;
  private boolean watching;
  private long asksUntil;
  private long nextRound;
  private long nextForAll;
  private boolean forAll;
  private Optional<IpAddress> lastAsked = Optional.empty();

  /**
   * @param lease the lease {@code L}: as long is waited for an answer after a freeze
   */
  public WireWatch(Duration lease) {
    this.leaseNanos = lease.toNanos();
    this.questionNanos = leaseNanos / (QUESTIONS + 1);
  }

  /**
   * Exactly these are held, as far as they have not been yielded.
   *
   * @param available those in mode {@code AVAILABLE}; the lease of others needs no watch
   * @param toThisSession those that were granted to the present session
   */
  public void held(Collection<IpAddress> available, Collection<IpAddress> toThisSession) {
    held.clear();
    held.addAll(available);
    held.removeAll(yielded);
    granted.clear();
    granted.addAll(toThisSession);
    granted.removeAll(yielded);
    defendedAt.keySet().retainAll(granted);
  }

  /**
   * Whether everything held was granted to the present session. What is carried over from a former
   * one may have been granted to another node meanwhile, by a decision that is on its way.
   */
  public boolean holdsOnlyWhatWasGranted() {
    return granted.containsAll(held);
  }

  /** What the address is to this node; empty if nothing. */
  public Optional<State> state(IpAddress address) {
    if (yielded.contains(address)) {
      return Optional.of(State.YIELDED);
    }
    if (asking.containsKey(address)) {
      return Optional.of(State.ASKING);
    }
    return held.contains(address) || granted.contains(address)
        ? Optional.of(State.HELD)
        : Optional.empty();
  }

  /**
   * Another machine was heard to have the address.
   *
   * @param sessionProven whether nobody can have been told to take over what was granted to this
   *     session: its beats have been acknowledged without a gap as long as the lease
   */
  public Response claimed(IpAddress address, boolean sessionProven, long now) {
    if (granted.contains(address) && sessionProven) {
      return defend(address, now);
    }
    if (!held.contains(address) && !asking.containsKey(address)) {
      return Response.NONE;
    }
    held.remove(address);
    granted.remove(address);
    asking.remove(address);
    yielded.add(address);
    // Whoever took this one over may have all of them.
    forAll = true;
    return Response.YIELD;
  }

  /** The address has been shut for a time in which somebody may have been told to take over. */
  public void lost(IpAddress address) {
    held.remove(address);
    granted.remove(address);
    yielded.add(address);
  }

  private Response defend(IpAddress address, long now) {
    Long before = defendedAt.get(address);
    if (before != null && now - before < DEFENDS_EVERY_NANOS) {
      return Response.NONE;
    }
    defendedAt.put(address, now);
    return Response.DEFEND;
  }

  /** What was yielded and not settled yet. */
  public SortedSet<IpAddress> yielded() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(yielded));
  }

  /** A session has begun in which these are not held: only a grant to it brings them back. */
  public void settle(Collection<IpAddress> settled) {
    yielded.removeAll(settled);
  }

  // ---- the cable --------------------------------------------------------------------------------

  /**
   * Whether the network interface has a carrier; told again and again. Without one, what is held is
   * held back: it serves nobody, and when the cable is back somebody else may have it. Who cannot
   * prove that it is still its own asks for all of it then, once, and waits for an answer.
   *
   * @param sessionProven as in {@link #claimed}
   * @return whether what was held back is so no more
   */
  public boolean carrier(boolean there, boolean sessionProven, long now) {
    Cable before = cable;
    cable =
        switch (before) {
          case IN -> there ? Cable.IN : Cable.OUT;
          case OUT, BACK -> there ? whenBack(sessionProven) : Cable.OUT;
          case ASKED -> there ? whenAsked(now) : Cable.OUT;
        };
    return before != Cable.IN && cable == Cable.IN;
  }

  private Cable whenBack(boolean sessionProven) {
    boolean ours = sessionProven && holdsOnlyWhatWasGranted();
    return ours || held.isEmpty() ? Cable.IN : Cable.BACK;
  }

  private Cable whenAsked(long now) {
    return now - answeredBy >= 0 ? Cable.IN : Cable.ASKED;
  }

  /** What to ask the wire for because the cable is back, before anything else takes time. */
  public List<IpAddress> dueWhenBack(long now) {
    if (cable != Cable.BACK) {
      return List.of();
    }
    cable = Cable.ASKED;
    answeredBy = now + ANSWERS_WITHIN_NANOS;
    nextRound = now + ASKS_EVERY_NANOS;
    return List.copyOf(held);
  }

  /** Whether nothing of what is held may be used at present. */
  public boolean holdsBack() {
    return cable != Cable.IN;
  }

  // ---- asking -----------------------------------------------------------------------------------

  /** After a freeze: asks for these for as long as the lease. */
  public void askBeforeGoingOn(Collection<IpAddress> addresses, long now) {
    asking.clear();
    addresses.forEach(address -> asking.put(address, new Question(0, now + questionNanos)));
    asking.keySet().removeAll(yielded);
  }

  /** Kafka has been heard in the present session: its word counts, not the wire's. */
  public void heardFromKafka() {
    asking.clear();
  }

  /** What was asked for long enough and answered by nobody; each is told once. */
  public SortedSet<IpAddress> unanswered(long now) {
    SortedSet<IpAddress> unanswered = new TreeSet<>();
    asking.forEach((address, question) -> {
      if (question.asked() == QUESTIONS && now - question.next() >= 0) {
        unanswered.add(address);
      }
    });
    asking.keySet().removeAll(unanswered);
    return unanswered;
  }

  /**
   * What to ask the wire for now.
   *
   * @param cutOff whether no beat was acknowledged for as long as the lease. Asking goes on for
   *     another lease after that, while what was decided meanwhile is being read.
   */
  public List<IpAddress> due(boolean cutOff, long now) {
    noteCutOff(cutOff, now);
    return cable == Cable.OUT ? List.of() : questions(now);
  }

  private void noteCutOff(boolean cutOff, long now) {
    if (cutOff) {
      watching = true;
      asksUntil = now + leaseNanos;
    } else if (watching && now - asksUntil >= 0) {
      watching = false;
    }
  }

  private List<IpAddress> questions(long now) {
    List<IpAddress> due = new ArrayList<>();
    for (Map.Entry<IpAddress, Question> entry : asking.entrySet()) {
      Question question = entry.getValue();
      if (question.asked() < QUESTIONS && now - question.next() >= 0) {
        due.add(entry.getKey());
        entry.setValue(new Question(question.asked() + 1, now + questionNanos));
      }
    }
    if (watching) {
      due.addAll(round(now));
    } else {
      forAll = false;
    }
    return due;
  }

  /** Whether what is held is asked for, as it was since this node was last cut off. */
  public boolean asks(long now) {
    return watching && now - asksUntil < 0;
  }

  private List<IpAddress> round(long now) {
    if (forAll && now - nextForAll >= 0) {
      forAll = false;
      nextForAll = now + ASKS_FOR_ALL_EVERY_NANOS;
      return List.copyOf(held);
    }
    if (now - nextRound < 0) {
      return List.of();
    }
    nextRound = now + ASKS_EVERY_NANOS;
    return inTurns();
  }

  private List<IpAddress> inTurns() {
    List<IpAddress> turn = new ArrayList<>();
    SortedSet<IpAddress> after = lastAsked.map(last -> held.tailSet(last)).orElse(held);
    after.stream()
        .filter(address -> !Optional.of(address).equals(lastAsked))
        .limit(ASKED_AT_ONCE)
        .forEach(turn::add);
    held.stream()
        .filter(address -> !turn.contains(address))
        .limit(ASKED_AT_ONCE - (long) turn.size())
        .forEach(turn::add);
    lastAsked = turn.isEmpty() ? Optional.empty() : Optional.of(turn.getLast());
    return turn;
  }

  /** How long until {@link #due} or {@link #unanswered} has something. */
  public long nanosUntilWork(boolean cutOff, long now) {
    if (cable == Cable.OUT) {
      return Long.MAX_VALUE;
    }
    long nanos =
        switch (cable) {
          case BACK -> 0;
          case ASKED -> answeredBy - now;
          case IN, OUT -> Long.MAX_VALUE;
        };
    for (Question question : asking.values()) {
      nanos = Math.min(nanos, question.next() - now);
    }
    if ((cutOff || watching) && !held.isEmpty()) {
      nanos = Math.min(nanos, (forAll ? Math.min(nextForAll, nextRound) : nextRound) - now);
    }
    return Math.max(nanos, 0);
  }
}
