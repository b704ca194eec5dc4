package io.sluice.simulator;

import java.util.concurrent.TimeUnit;

/** Mistakes in the lease of the kernel. */
final class KernelBugs {

  private KernelBugs() {}

  static final class SkipSessionCheck extends Behaviour {
    @Override
    boolean renewsFormerSession(boolean isOpen) {
      return true;
    }
  }

  static final class RelativeRenewalOnly extends Behaviour {
    @Override
    boolean fenceIsOpen(boolean monotonicAhead, boolean wallAhead) {
      return monotonicAhead;
    }
  }

  static final class AbsoluteRenewalOnly extends Behaviour {
    @Override
    boolean fenceIsOpen(boolean monotonicAhead, boolean wallAhead) {
      return wallAhead;
    }
  }

  static final class NoFence extends Behaviour {
    @Override
    boolean fenceIsOpen(boolean monotonicAhead, boolean wallAhead) {
      return true;
    }
  }

  static final class RemovalWithoutFilter extends Behaviour {
    @Override
    long flowsLingerNanos(boolean wasOpen) {
      return wasOpen ? TimeUnit.MILLISECONDS.toNanos(300) : 0;
    }
  }

  static final class StalledRenewalProlongs extends Behaviour {
    @Override
    long addedByStall(long stalledNanos) {
      return stalledNanos;
    }
  }

  static final class StrictRenewedByOwnLife extends Behaviour {
    @Override
    boolean strictNeedsAcknowledgement() {
      return false;
    }
  }
}
