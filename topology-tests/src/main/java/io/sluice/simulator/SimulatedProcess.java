package io.sluice.simulator;

import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The process that an agent runs in: it goes on, stands still at moments of its own choice, or is
 * dead. What falls due while it stands still is done late; of a dead one nothing is done.
 */
final class SimulatedProcess {

  private static final long LONGEST_WAIT_FOR_RENEWAL = TimeUnit.MILLISECONDS.toNanos(250);

  private final World world;
  private final String name;
  private final List<Runnable> backlog = new ArrayList<>();

  private boolean dead;
  private boolean frozen;
  private long runningSince;
  private long freezeInBeat;
  private long freezeInRenewal;
  private LeaseMode freezeInRenewalOf = LeaseMode.AVAILABLE;
  private int renewalsUnderWay;

  SimulatedProcess(World world, String name) {
    this.world = world;
    this.name = name;
  }

  boolean isAlive() {
    return !dead;
  }

  void kill() {
    dead = true;
  }

  /** From now on it counts as running. */
  void noteRunning() {
    runningSince = world.timeline().now();
  }

  /** For how long it has been running and not stood still. */
  long runningNanos() {
    return frozen ? 0 : world.timeline().now() - runningSince;
  }

  // ---- standing still ---------------------------------------------------------------------------

  void freeze(long nanos) {
    frozen = true;
    world.timeline().after(nanos, this::thaw);
  }

  /** Stands still with its next beat: the clocks are read, nothing is renewed or sent yet. */
  void freezeInBeat(long nanos) {
    freezeInBeat = nanos;
  }

  /**
   * Stands still at the worst moment: the clock is read, the kernel is not told yet. If there is
   * nothing to renew, at any moment.
   */
  void freezeInRenewal(LeaseMode mode, long nanos) {
    freezeInRenewal = nanos;
    freezeInRenewalOf = mode;
    after(
        LONGEST_WAIT_FOR_RENEWAL,
        () -> {
          if (freezeInRenewal > 0) {
            freezeInRenewal = 0;
            freeze(nanos);
          }
        });
  }

  /** Whether it stands still between reading the clock and telling the kernel. */
  boolean isStuckInRenewal() {
    return renewalsUnderWay > 0 || freezeInRenewal > 0;
  }

  private void thaw() {
    if (frozen && !dead) {
      world.trace().note(name, () -> "agent goes on after a freeze");
    }
    noteRunning();
    frozen = false;
    List<Runnable> late = List.copyOf(backlog);
    backlog.clear();
    late.forEach(this::whenRunning);
  }

  // ---- what it does -----------------------------------------------------------------------------

  /** Plans something that this process does; it is late while the process stands still. */
  void after(long nanos, Runnable action) {
    world.timeline().after(nanos, () -> whenRunning(action));
  }

  /** Does it now, or as soon as the process goes on. */
  void whenRunning(Runnable action) {
    if (frozen && !dead) {
      backlog.add(action);
    } else if (!dead) {
      action.run();
    }
  }

  /** The clocks of a beat have been read; the process may stand still now. */
  void clocksReadForBeat() {
    if (freezeInBeat > 0) {
      freeze(freezeInBeat);
      freezeInBeat = 0;
    }
  }

  /** A call that renews the lease in the kernel; the process may stand still just before. */
  void renewInKernel(LeaseMode mode, Runnable call) {
    if (freezeInRenewal > 0 && freezeInRenewalOf == mode && !frozen) {
      freeze(freezeInRenewal);
      freezeInRenewal = 0;
    }
    if (frozen) {
      renewalsUnderWay++;
      backlog.add(() -> {
        renewalsUnderWay--;
        call.run();
      });
    } else {
      call.run();
    }
  }
}
