package io.sluice.agent.core;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Picks out what matters to one node: there is a clearance for every Pod of the cluster, and only
 * the node's own are of any use to it. One that moves to another node becomes a tombstone here.
 */
public final class OwnClearances {

  private final String node;
  private final Set<BindingId.OfClearance> own = new HashSet<>();

  public OwnClearances(String node) {
    this.node = node;
  }

  /**
   * The record as it matters here; empty if it does not. Records come in the order of the topic.
   */
  public Optional<Input> relevant(Input read) {
    if (!(read instanceof Input.BindingRead(BindingId.OfClearance id, var binding))) {
      return Optional.of(read);
    }
    boolean here =
        binding.isPresent()
            && binding.get() instanceof Binding.Clearance clearance
            && clearance.node().equals(node);
    if (here) {
      own.add(id);
      return Optional.of(read);
    }
    return own.remove(id)
        ? Optional.of(new Input.BindingRead(id, Optional.empty()))
        : Optional.empty();
  }
}
