package io.sluice.simulator;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.KernelTables;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A node's kernel as a value with a fence. It outlives the agent's process, not a power cut. */
final class SimulatedKernel implements DataPlane {

  private final Timeline timeline;
  private final Behaviour behaviour;
  private final Nic nic;
  private final BooleanSupplier carrier;
  private final SimulatedFence fence;
  private final Consumer<IpAddress> announced;
  private final Consumer<IpAddress> asked;
  private final Map<IpAddress, Long> lingering = new HashMap<>();

  private KernelTables tables = KernelTables.EMPTY;
  private boolean refuses;
  private long refusedUntil;
  private boolean behind;
  private Consumer<Set<IpAddress>> releases = _ -> {};

  SimulatedKernel(
      Timeline timeline,
      Behaviour behaviour,
      NodeClock clock,
      Nic nic,
      BooleanSupplier carrier,
      Consumer<IpAddress> announced,
      Consumer<IpAddress> asked) {
    this.timeline = timeline;
    this.behaviour = behaviour;
    this.nic = nic;
    this.carrier = carrier;
    this.fence = new SimulatedFence(timeline, behaviour, clock);
    this.announced = announced;
    this.asked = asked;
  }

  KernelTables tables() {
    return tables;
  }

  SimulatedFence fence() {
    return fence;
  }

  void refuse(boolean changes) {
    if (refuses && !changes) {
      refusedUntil = timeline.now();
    }
    refuses = changes;
  }

  /** For how long it has carried out what it was told. */
  long obeyingNanos() {
    return refuses ? 0 : timeline.now() - refusedUntil;
  }

  boolean refuses() {
    return refuses;
  }

  /** Whether the last change was refused, so that the agent may know better than the kernel. */
  boolean isBehind() {
    return behind;
  }

  /** Told before addresses are taken away. */
  void onRelease(Consumer<Set<IpAddress>> listener) {
    releases = listener;
  }

  /** Whether packets with the address may leave from here, or ARP requests for it be answered. */
  boolean answers(IpAddress ip) {
    return (tables.held().contains(ip) && fence.isOpen(ip))
        || lingering.getOrDefault(ip, 0L) > timeline.now();
  }

  /** Somebody takes an address away behind the agent's back. */
  void lose(IpAddress ip) {
    tables = tables.withoutHeld(Set.of(ip));
  }

  @Override
  public Nic nic() {
    return nic;
  }

  @Override
  public boolean hasCarrier() {
    return carrier.getAsBoolean() || !behaviour.noticesLossOfCarrier();
  }

  @Override
  public void install() {
    refuseIfTold();
  }

  @Override
  public KernelTables observe() {
    refuseIfTold();
    return tables;
  }

  @Override
  public void apply(KernelTables from, KernelTables to) {
    refuseIfTold();
    if (!from.equals(tables)) {
      behind = true;
      throw new DataPlaneException("the kernel does not hold what the change starts from");
    }
    Set<IpAddress> released = new TreeSet<>(from.held());
    released.removeAll(to.held());
    if (!released.isEmpty()) {
      releases.accept(released);
      linger(released);
    }
    tables = to;
    fence.shut(released);
    behind = false;
  }

  private void linger(Set<IpAddress> released) {
    for (IpAddress ip : released) {
      long nanos = behaviour.flowsLingerNanos(answers(ip));
      if (nanos > 0) {
        lingering.put(ip, timeline.now() + nanos);
      }
    }
  }

  private void refuseIfTold() {
    if (refuses) {
      behind = true;
      throw new DataPlaneException("the kernel is out of memory");
    }
  }

  @Override
  public void announce(IpAddress floatingIp) {
    announced.accept(floatingIp);
  }

  /** A question for what is held, or one after a freeze. */
  @Override
  public void ask(IpAddress floatingIp) {
    boolean held = tables.held().contains(floatingIp);
    if (held ? behaviour.asksWhileCutOff() : behaviour.asksAfterFreeze()) {
      asked.accept(floatingIp);
    }
  }

  /** The wire itself tells the agent. */
  @Override
  public void onClaim(ClaimListener listener) {
    throw new UnsupportedOperationException("the simulator tells the agent itself");
  }

  /** The fault itself tells the agent. */
  @Override
  public void onDrift(Runnable listener) {
    throw new UnsupportedOperationException("the simulator tells the agent itself");
  }

  @Override
  public void removeAll() {
    tables = KernelTables.EMPTY;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
