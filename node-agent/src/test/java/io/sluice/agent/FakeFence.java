package io.sluice.agent;

import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.LeaseFence;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** A fence that is a value; its two clocks are in the hands of the test. */
final class FakeFence implements LeaseFence {

  SortedMap<LeaseMode, SortedSet<IpAddress>> admitted = new TreeMap<>();
  final Map<LeaseMode, Deadline> deadlines = new EnumMap<>(LeaseMode.class);
  int failuresToCome;
  int renewals;
  int changes;
  private final List<String> journal;
  private final LongSupplier clock;
  private final LongSupplier wallClock;

  FakeFence(LongSupplier clock, LongSupplier wallClock) {
    this(new ArrayList<>(), clock, wallClock);
  }

  /**
   * @param journal what happened in which order, for tests that care
   */
  FakeFence(List<String> journal, LongSupplier clock, LongSupplier wallClock) {
    this.journal = journal;
    this.clock = clock;
    this.wallClock = wallClock;
  }

  @Override
  public void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
    failIfToldTo();
    changes++;
    admitted = new TreeMap<>();
    addresses.forEach((_, some) -> journal.add("open for " + some));
    addresses.forEach((mode, some) -> admitted.put(mode, new TreeSet<>(some)));
  }

  @Override
  public void shut(IpAddress address) {
    failIfToldTo();
    changes++;
    admitted.values().forEach(addresses -> addresses.remove(address));
  }

  @Override
  public void renew(LeaseMode mode, Deadline deadline) {
    failIfToldTo();
    renewals++;
    deadlines.put(mode, deadline);
  }

  @Override
  public boolean prolong(LeaseMode mode, Deadline deadline) {
    boolean alive = isAlive(mode);
    if (alive) {
      renew(mode, deadline);
    }
    return alive;
  }

  private boolean isAlive(LeaseMode mode) {
    Deadline until = deadlines.get(mode);
    return until != null
        && clock.getAsLong() < until.monotonicNanos()
        && wallClock.getAsLong() < until.wallNanos();
  }

  @Override
  public SortedSet<IpAddress> open() {
    SortedSet<IpAddress> open = new TreeSet<>();
    admitted.forEach((mode, addresses) -> {
      if (isAlive(mode)) {
        open.addAll(addresses);
      }
    });
    return open;
  }

  private void failIfToldTo() {
    if (failuresToCome > 0) {
      failuresToCome--;
      throw new DataPlaneException("no such table");
    }
  }
}
