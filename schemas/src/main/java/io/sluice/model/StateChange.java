package io.sluice.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The only thing that changes the allocator's state: each says in full what one entity now is. The
 * last change of every entity, in any order, is therefore the whole state.
 */
public sealed interface StateChange {

  /** Which entity this is about; unique over all kinds of change. */
  String entity();

  /** A gateway, policy or node as the API has it; empty means deleted. */
  record ResourceObserved(ObjectId id, Optional<Resource> resource) implements StateChange {

    @Override
    public String entity() {
      return "object " + id;
    }
  }

  /** A namespace or Pod as the API has it; empty means deleted. */
  record WorkloadObserved(ObjectId id, Optional<Workload> workload) implements StateChange {

    @Override
    public String entity() {
      return "object " + id;
    }
  }

  /** What the agent of a node reports; empty means the report was withdrawn. */
  record AgentObserved(String node, Optional<AgentReport> report) implements StateChange {

    @Override
    public String entity() {
      return "agent " + node;
    }
  }

  /**
   * Whether a node beats.
   *
   * @param session its lease session
   * @param sinceMillis when it came to be so, in the log's time
   */
  record LivenessChanged(String node, Liveness liveness, long session, long sinceMillis)
      implements StateChange {

    /** Whether the session goes on: the agent beats, or has said that it will be back at once. */
    public boolean isAlive() {
      return switch (liveness) {
        case ALIVE, RESTARTING -> true;
        case SILENT, LEFT -> false;
      };
    }

    @Override
    public String entity() {
      return "liveness " + node;
    }
  }

  /** Whether a node beats, does not, or has said what it is about to do. */
  enum Liveness {
    ALIVE,
    SILENT,
    LEFT,
    /**
     * Has said that it will be back at once. It keeps what it has, its kernel holds that open
     * meanwhile, and it is given nothing new.
     */
    RESTARTING
  }

  /**
   * How steady a node has been that fell silent and came back. Who falls silent again soon after
   * that is held off: it gets no address that another node can carry.
   *
   * @param flaps how many times in a row it fell silent soon after it had come back
   * @param sinceMillis from when on it has to prove itself steady, in the log's time: it came back,
   *     or its hold-off ended
   * @param untilMillis the end of its hold-off, in the log's time; empty if it is not held off
   */
  record HoldOffChanged(String node, int flaps, long sinceMillis, OptionalLong untilMillis)
      implements StateChange {

    @Override
    public String entity() {
      return "hold-off " + node;
    }
  }

  /**
   * Which floating IPs a policy leaves with.
   *
   * @param egressIps at most one a family; empty means it has none
   */
  record EgressChosen(String policy, List<IpAddress> egressIps) implements StateChange {

    public EgressChosen {
      egressIps = List.copyOf(egressIps);
    }

    @Override
    public String entity() {
      return "egress " + policy;
    }
  }

  /** Where a floating IP is. */
  record AssignmentChanged(IpAddress floatingIp, Assignment assignment) implements StateChange {

    @Override
    public String entity() {
      return "assignment " + floatingIp;
    }
  }

  /** What agents are told about a policy, a Pod or the cluster; empty means nothing any more. */
  record BindingChanged(BindingId id, Optional<Binding> binding) implements StateChange {

    @Override
    public String entity() {
      return switch (id) {
        case BindingId.OfPolicy of -> "policy binding " + of.policy();
        case BindingId.OfPod of ->
            "pod binding " + of.policy() + " " + of.namespace() + "/" + of.pod();
        case BindingId.OfClearance of -> "clearance " + of.namespace() + "/" + of.pod();
        case BindingId.ClusterNetworks _ -> "cluster networks";
      };
    }
  }
}
