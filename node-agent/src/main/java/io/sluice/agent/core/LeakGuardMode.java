package io.sluice.agent.core;

/** What happens to a packet of a Pod of which is not known yet whether a policy matches it. */
public enum LeakGuardMode {
  /** It is dropped: nothing of a matched Pod ever leaves with its node's address. */
  CLOSED,
  /** It leaves with its node's address: a Pod is never shut out for want of a record. */
  OPEN
}
