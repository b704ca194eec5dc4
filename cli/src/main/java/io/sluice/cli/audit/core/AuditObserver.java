package io.sluice.cli.audit.core;

import io.sluice.model.StateChange;

/** Looks on while a log is folded. */
public interface AuditObserver {

  /** Before each change; the fold still is as it was without it. */
  default void changing(AuditFold fold, Decision decision, StateChange change) {}

  /** A floating IP has moved; the fold knows. */
  default void moved(Move move) {}
}
