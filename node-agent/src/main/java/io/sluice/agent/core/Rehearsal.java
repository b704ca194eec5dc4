package io.sluice.agent.core;

import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.Policy;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Plays failovers through the decisions of an agent that does not exist, so that their code is
 * loaded and compiled before the first real one. All addresses are for documentation (RFC 5737).
 */
public final class Rehearsal {

  private static final int FAILOVERS = 300;

  private Rehearsal() {}

  /** Takes some tens of milliseconds and leaves nothing behind. */
  public static void run() {
    IpAddress floatingIp = IpAddress.parse("192.0.2.100");
    InterfaceAddress here = InterfaceAddress.parse("192.0.2.1/24");
    InterfaceAddress there = InterfaceAddress.parse("192.0.2.2/24");
    Nic nic = new Nic("none", "02:00:00:00:00:00", List.of(here));
    AgentState state = new AgentState("here", LeakGuardMode.CLOSED);
    Holdings holdings = new Holdings("here");
    state.read(
        new BindingId.OfPolicy("policy"),
        Optional.of(
            new Binding.OfPolicy(
                0, Policy.Action.SNAT, List.of(Cidr.parse("0.0.0.0/0")), List.of(floatingIp))));
    state.read(
        new BindingId.OfPod("policy", "namespace", "pod"),
        Optional.of(new Binding.OfPod(List.of(IpAddress.parse("198.51.100.1")), "here")));
    KernelTables kernel = KernelTables.EMPTY;
    for (int epoch = 1; epoch <= FAILOVERS; epoch++) {
      boolean toUs = epoch % 2 == 0;
      Holder holder = new Holder(toUs ? "here" : "there", 1, List.of(toUs ? here : there));
      state.read(floatingIp, Optional.of(granted(holder, epoch)));
      SortedSet<IpAddress> wanted = holdings.wanted(state.assignments(), 1, false);
      KernelTables desired = state.tables(wanted, nic);
      if (desired.held().contains(floatingIp) != toUs || desired.equals(kernel)) {
        throw new IllegalStateException("the rehearsal of epoch " + epoch + " failed: " + desired);
      }
      state.settle();
      holdings.carriedOut(
          state.assignments(), 1, wanted, desired.held(), Collections.emptySortedSet());
      kernel = desired;
    }
  }

  private static Assignment granted(Holder holder, long epoch) {
    return new Assignment(
        Assignment.State.GRANTED,
        Optional.of(holder),
        epoch,
        Optional.empty(),
        LeaseMode.AVAILABLE,
        0,
        "rehearsal");
  }
}
