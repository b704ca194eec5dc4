package io.sluice.allocator.core.allocation;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which nodes may carry which floating IPs (design, section 5), and why the others may not. Valid
 * until the state changes.
 */
public final class Eligibility {

  /** A node with this label set to true carries no floating IP. */
  static final String EXCLUDE_LABEL = "networking.sluice.io/exclude-gateway";

  /**
   * A node with this label set to true is being drained of its floating IPs; one with the label set
   * to {@link #WHEN_CORDONED} is as soon as it is cordoned.
   */
  static final String DRAIN_LABEL = "networking.sluice.io/drain";

  static final String WHEN_CORDONED = "when-cordoned";

  /**
   * Why a node may not carry an address.
   *
   * @param reason completes "node-1 ..."
   * @param byChoice whether somebody wants the address away from there, rather than something being
   *     wrong with the node
   */
  public record Unfit(String reason, boolean byChoice) {}

  private static final String RESTARTING = "is restarting";

  private static final String NO_REPORT = "has not reported its network interface yet";

  private final AllocationState state;

  /** By identity: a gateway may list thousands of addresses, and the state does not change here. */
  private final IdentityHashMap<Gateway, List<String>> candidates = new IdentityHashMap<>();

  private final IdentityHashMap<Gateway, Map<String, Optional<Unfit>>> verdicts =
      new IdentityHashMap<>();

  public Eligibility(AllocationState state) {
    this.state = state;
  }

  /** Why the node may not be given the address; empty if it may. */
  public Optional<Unfit> unfitFor(IpAddress ip, Gateway gateway, String node) {
    return unfitToKeep(ip, gateway, node)
        .or(() -> isRestarting(node) ? unfit(RESTARTING, false) : Optional.empty())
        .or(() -> hasCurrentReport(node) ? Optional.empty() : unfit(NO_REPORT, false));
  }

  /**
   * Why the node may not keep the address; empty if it may. After a new session the former
   * session's report still says what the interface reaches, until the new one arrives.
   */
  Optional<Unfit> unfitToKeep(IpAddress ip, Gateway gateway, String node) {
    return unfitFor(gateway, node)
        .or(() ->
            state.reports().get(node).nic().reaches(ip)
                ? Optional.empty()
                : unfit("has no interface in the subnet of " + ip, true));
  }

  /**
   * Why the node may carry no address of the gateway at all. Who restarts may: it keeps what it
   * has.
   */
  public Optional<Unfit> unfitFor(Gateway gateway, String node) {
    return verdicts
        .computeIfAbsent(gateway, _ -> new HashMap<>())
        .computeIfAbsent(node, name -> judge(gateway, name));
  }

  private Optional<Unfit> judge(Gateway gateway, String nodeName) {
    Node node = state.nodes().get(nodeName);
    if (node == null) {
      return unfit("is no node of the cluster", true);
    }
    if (isTrue(node, EXCLUDE_LABEL)) {
      return unfit("is excluded by the label " + EXCLUDE_LABEL, true);
    }
    if (isTrue(node, DRAIN_LABEL)) {
      return unfit("is being drained", true);
    }
    if (node.unschedulable() && WHEN_CORDONED.equals(node.labels().get(DRAIN_LABEL))) {
      return unfit("is cordoned, which drains it", true);
    }
    if (gateway.nodeSelector().isPresent()
        && !gateway.nodeSelector().get().matches(node.labels())) {
      return unfit("does not match the gateway's nodeSelector", true);
    }
    LivenessChanged liveness = state.liveness().get(nodeName);
    if (liveness == null) {
      return unfit("has no agent that beats", false);
    }
    return switch (liveness.liveness()) {
      case LEFT -> unfit("left", false);
      case SILENT -> unfit("is silent", false);
      case ALIVE, RESTARTING -> {
        AgentReport report = state.reports().get(nodeName);
        if (report == null) {
          yield unfit(NO_REPORT, false);
        }
        if (report.refusal().isPresent()) {
          // Not even if nobody else could have it: it would have the address for too long.
          yield unfit(report.refusal().get(), true);
        }
        yield node.ready() ? Optional.empty() : unfit("is not ready", false);
      }
    };
  }

  /** The nodes that may be given the address, in order. */
  List<String> eligible(IpAddress ip, Gateway gateway) {
    return candidates.computeIfAbsent(gateway, this::candidatesOf).stream()
        .filter(node -> state.reports().get(node).nic().reaches(ip))
        .toList();
  }

  /**
   * Of the nodes that may be given the address those that are neither held off nor cordoned, in
   * order. The others get it only if there is none of these.
   */
  public List<String> preferred(IpAddress ip, Gateway gateway) {
    return eligible(ip, gateway).stream().filter(node -> whyLast(node).isEmpty()).toList();
  }

  /** Whether the agent is there in that session and has reported in it. */
  boolean isThere(Holder holder) {
    return hasCurrentReport(holder.node())
        && state.reports().get(holder.node()).session() == holder.session()
        && !isRestarting(holder.node());
  }

  /** Whether, apart from this one, a node is there that may well be given the address. */
  boolean anotherCanCarry(IpAddress ip, String than) {
    return Optional.ofNullable(state.pool().owners().get(ip))
        .map(state.gateways()::get)
        .filter(gateway -> preferred(ip, gateway).stream().anyMatch(node -> !node.equals(than)))
        .isPresent();
  }

  /** Why the node gets only addresses that no other node can carry; completes "node-1 ...". */
  public Optional<String> whyLast(String node) {
    Node known = state.nodes().get(node);
    return known != null && known.unschedulable()
        ? Optional.of("is cordoned: it gets only addresses that no other node can carry")
        : state.heldOff(node).map(Reasons::heldOff);
  }

  private List<String> candidatesOf(Gateway gateway) {
    return state.liveness().keySet().stream()
        .filter(node ->
            unfitFor(gateway, node).isEmpty() && !isRestarting(node) && hasCurrentReport(node))
        .toList();
  }

  /** To whom a grant to this node would be made now; the node is alive and has reported. */
  Holder holder(String node) {
    return new Holder(
        node, state.aliveSession(node).orElseThrow(), state.reports().get(node).nic().addresses());
  }

  /** Whether the newest report is of the session with which the node is alive. */
  boolean hasCurrentReport(String node) {
    AgentReport report = state.reports().get(node);
    return report != null
        && state.aliveSession(node).filter(session -> session == report.session()).isPresent();
  }

  /** Nobody is there to carry out a grant. */
  boolean isRestarting(String node) {
    LivenessChanged known = state.liveness().get(node);
    return known != null && known.liveness() == StateChange.Liveness.RESTARTING;
  }

  private static boolean isTrue(Node node, String label) {
    return "true".equals(node.labels().get(label));
  }

  private static Optional<Unfit> unfit(String reason, boolean byChoice) {
    return Optional.of(new Unfit(reason, byChoice));
  }
}
