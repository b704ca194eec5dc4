package io.sluice.agent.core;

/** What happens to a packet of a matched Pod. */
public sealed interface Verdict {

  /**
   * It leaves with the floating IP behind this index.
   *
   * @param index 1 to {@link KernelTables#MAX_EGRESS_INDEX}
   */
  record Egress(int index) implements Verdict {
    public Egress {
      KernelTables.requireEgressIndex(index);
    }
  }

  /** It leaves from its own node with the Pod's own address; nobody masquerades it (NoSNAT). */
  record KeepPodAddress() implements Verdict {}

  /** It is dropped: its policy has no usable floating IP. */
  record Drop() implements Verdict {}
}
