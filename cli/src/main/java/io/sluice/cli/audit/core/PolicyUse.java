package io.sluice.cli.audit.core;

import io.sluice.model.AuditKey.Stream;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange.EgressChosen;
import java.util.List;
import java.util.Optional;

/**
 * A policy that leaves with a floating IP, and the Pods it matches.
 *
 * @param decision what made it leave so
 */
public record PolicyUse(
    String policy, Binding.OfPolicy binding, Optional<Decision> decision, List<PodUse> pods) {

  public PolicyUse {
    pods = List.copyOf(pods);
  }

  /**
   * A Pod that a policy matches.
   *
   * @param decision what bound it
   */
  public record PodUse(BindingId.OfPod id, Binding.OfPod binding, Optional<Decision> decision) {}

  /** All that leave with the address. */
  static List<PolicyUse> of(AuditFold fold, IpAddress ip) {
    return fold.policiesOf(ip).entrySet().stream()
        .map(policy ->
            new PolicyUse(
                policy.getKey(),
                policy.getValue(),
                fold.origin(
                    Stream.ALLOCATION, new EgressChosen(policy.getKey(), List.of()).entity()),
                pods(fold, policy.getKey())))
        .toList();
  }

  static List<PodUse> pods(AuditFold fold, String policy) {
    return fold.podsOf(policy).entrySet().stream()
        .map(pod -> new PodUse(pod.getKey(), pod.getValue(), fold.origin(pod.getKey())))
        .toList();
  }
}
