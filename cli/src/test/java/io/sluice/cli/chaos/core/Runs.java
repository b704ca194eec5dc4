package io.sluice.cli.chaos.core;

import io.sluice.cli.chaos.core.RunResult.Subject;
import io.sluice.cli.chaos.core.RunResult.Times;
import io.sluice.cli.chaos.core.RunResult.Wire;
import io.sluice.cli.chaos.core.Sighting.Kind;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Makes runs for tests: the fault begins at 1,000 ms, is complete at 1,010 ms and healed at 5,000
 * ms, all to node-1.
 */
public final class Runs {

  public static final IpAddress IP = IpAddress.parse("10.40.1.100");
  private static final long BEGUN = 1_000;
  private static final long COMPLETE = 1_010;
  private static final long HEALED = 5_000;
  private static final long STEP = 2;

  private final Fault fault;
  private final LeaseMode mode;
  private final List<Sighting> signs = new ArrayList<>();
  private final TreeSet<String> strange = new TreeSet<>();
  private long outage;
  private long lost;
  private long framesLost;
  private boolean returned = true;

  public Runs(Fault fault, LeaseMode mode) {
    this.fault = fault;
    this.mode = mode;
  }

  public Runs has(String node, long from, long to) {
    for (long at = from; at <= to; at += STEP) {
      signs.add(new Sighting(nanos(at), node, IP, Kind.ARP_REPLY));
    }
    return this;
  }

  public Runs outage(long millis) {
    outage = millis;
    lost = millis;
    return this;
  }

  Runs framesLost(long count) {
    framesLost = count;
    return this;
  }

  Runs neverReturned() {
    returned = false;
    return this;
  }

  Runs strangeSource(String source) {
    strange.add(source);
    return this;
  }

  public RunResult result() {
    return RunResult.of(
        new Subject(fault, mode, 1, "node-1", IP),
        new Times(nanos(BEGUN), nanos(COMPLETE), nanos(HEALED)),
        new Traffic(8_000, lost, nanos(outage), nanos(BEGUN + 5), returned, strange),
        new Wire(signs, nanos(STEP), framesLost, nanos(STEP)));
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
