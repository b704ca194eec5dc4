package io.sluice.agent;

/**
 * What follows when the network interface loses its carrier, and when that is back: the fence is
 * shut meanwhile, so that nothing is said by who may have been replaced and has not asked yet.
 */
final class Cable {

  private final Reconciler reconciler;
  private final Tenure tenure;
  private final Fulfilment fulfilment;

  Cable(Reconciler reconciler, Tenure tenure, Fulfilment fulfilment) {
    this.reconciler = reconciler;
    this.tenure = tenure;
    this.fulfilment = fulfilment;
  }

  /** Before anything that takes time. */
  void look(long now) {
    reconciler.lookAtCarrier();
    note(now);
  }

  /** The kernel may have been read back. */
  void note(long now) {
    if (tenure.carrier(reconciler.hasCarrier(), now)) {
      fulfilment.announceAgain(now);
    }
    fulfilment.ask(tenure.dueToAskWhenBack(now));
  }
}
