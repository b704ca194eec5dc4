package io.sluice.watcher;

import java.util.Optional;

/** Which of the watchers of a cluster works. The others stand by. */
public interface Election extends AutoCloseable {

  /**
   * Waits until it is this one's turn.
   *
   * @return empty when closed
   */
  Optional<Term> await() throws InterruptedException;

  /** Stands back, so that another one can begin at once. */
  @Override
  void close();

  /** The time in which this one works. */
  interface Term {

    /**
     * Whether nobody else can have begun yet. Looks at a clock, not at the network: a process that
     * was frozen learns of it before it does anything.
     */
    boolean isCurrent();

    /** Does something, once, when the term has come to its end; at once if it has already. */
    void whenEnded(Runnable action);

    /**
     * Gives the term up because somebody else has begun all the same.
     *
     * @return whether there may be another term
     */
    boolean resign();
  }

  /** The only watcher there is; nobody has to be asked. */
  static Election alone() {
    return new Alone();
  }
}
