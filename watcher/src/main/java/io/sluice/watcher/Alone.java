package io.sluice.watcher;

import java.util.Optional;

/** One term, which ends with the process. */
final class Alone implements Election, Election.Term {

  private boolean begun;

  @Override
  public synchronized Optional<Term> await() {
    Optional<Term> term = begun ? Optional.empty() : Optional.of(this);
    begun = true;
    return term;
  }

  @Override
  public synchronized void close() {
    begun = true;
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  @Override
  public void whenEnded(Runnable action) {}

  @Override
  public boolean resign() {
    return false;
  }
}
