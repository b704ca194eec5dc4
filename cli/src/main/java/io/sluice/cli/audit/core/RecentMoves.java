package io.sluice.cli.audit.core;

import io.sluice.model.IpAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** The last few moves that concern something. */
public final class RecentMoves implements AuditObserver {

  private static final int KEPT = 5;

  private final Predicate<Move> wanted;
  private final Deque<Move> moves = new ArrayDeque<>();

  private RecentMoves(Predicate<Move> wanted) {
    this.wanted = wanted;
  }

  /** Of one address. */
  public static RecentMoves of(IpAddress ip) {
    return new RecentMoves(move -> move.ip().equals(ip));
  }

  /** To a node, away from it, or of what it is to let go of. */
  public static RecentMoves ofNode(String node) {
    return new RecentMoves(move -> move.concerns(node));
  }

  @Override
  public void moved(Move move) {
    if (wanted.test(move)) {
      moves.addLast(move);
      if (moves.size() > KEPT) {
        moves.removeFirst();
      }
    }
  }

  /** In the order of the log. */
  public List<Move> moves() {
    return List.copyOf(moves);
  }
}
