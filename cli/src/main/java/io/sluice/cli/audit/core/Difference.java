package io.sluice.cli.audit.core;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Something on which the log and the live state do not agree.
 *
 * @param entity what it is about
 * @param fields in which respects
 * @param replayed what the log says; empty if it knows of none
 * @param live what the topics say; empty if they have none
 */
public record Difference(
    String entity, List<String> fields, Optional<String> replayed, Optional<String> live) {

  public Difference {
    fields = List.copyOf(fields);
  }

  /**
   * All differences of assignments and bindings, in order.
   *
   * @param assignments those of {@code sluice.assignments}
   * @param bindings those of {@code sluice.bindings}
   */
  public static List<Difference> between(
      AuditFold fold, Map<IpAddress, Assignment> assignments, Map<BindingId, Binding> bindings) {
    List<Difference> differences = new ArrayList<>();
    Map<IpAddress, Assignment> replayed = fold.allocation().assignments();
    SortedSet<IpAddress> ips = new TreeSet<>(replayed.keySet());
    ips.addAll(assignments.keySet());
    for (IpAddress ip : ips) {
      ofAssignment(ip, replayed.get(ip), assignments.get(ip)).ifPresent(differences::add);
    }
    Map<BindingId, Binding> told = fold.bindings();
    Set<BindingId> ids = new HashSet<>(told.keySet());
    ids.addAll(bindings.keySet());
    ids.stream()
        .flatMap(id -> ofBinding(id, told.get(id), bindings.get(id)).stream())
        .sorted(Comparator.comparing(Difference::entity))
        .forEach(differences::add);
    return differences;
  }

  private static Optional<Difference> ofAssignment(
      IpAddress ip, Assignment replayed, Assignment live) {
    return of(
        "floating IP " + ip,
        replayed,
        live,
        assignment -> {
          Map<String, Object> fields = new HashMap<>();
          fields.put("state", assignment.state());
          fields.put("holder", assignment.holder().map(Holder::node));
          fields.put("session", assignment.holder().map(Holder::session));
          fields.put("addresses of the holder", assignment.holder().map(Holder::addresses));
          fields.put("epoch", assignment.epoch());
          fields.put("gateway", assignment.gateway());
          fields.put("lease mode", assignment.leaseMode());
          fields.put("audit sequence", assignment.auditSequence());
          fields.put("reason", assignment.reason());
          return fields;
        },
        assignment ->
            "%s%s, epoch %d, by sequence %d (%s)"
                .formatted(
                    assignment.state(),
                    assignment
                        .holder()
                        .map(h -> " %s session %d".formatted(h.node(), h.session()))
                        .orElse(""),
                    assignment.epoch(),
                    assignment.auditSequence(),
                    assignment.reason()));
  }

  private static Optional<Difference> ofBinding(BindingId id, Binding replayed, Binding live) {
    String entity =
        switch (id) {
          case BindingId.OfPolicy(var policy) -> "policy " + policy;
          case BindingId.OfPod(var policy, var namespace, var pod) ->
              "Pod %s/%s of policy %s".formatted(namespace, pod, policy);
          case BindingId.OfClearance(var namespace, var pod) ->
              "clearance of Pod %s/%s".formatted(namespace, pod);
          case BindingId.ClusterNetworks _ -> "cluster networks";
        };
    return of(
        entity,
        replayed,
        live,
        binding ->
            switch (binding) {
              case Binding.OfPolicy(var createdAt, var action, var destinations, var ips) ->
                  Map.of(
                      "creation time", createdAt,
                      "action", action,
                      "destinations", destinations,
                      "egress IPs", ips);
              case Binding.OfPod(var ips, var node) -> Map.of("addresses", ips, "node", node);
              case Binding.Clearance(var ips, var node) -> Map.of("addresses", ips, "node", node);
              case Binding.ClusterNetworks(var networks, var guarded) ->
                  Map.of("networks", networks, "guarded Pods", guarded);
            },
        binding ->
            switch (binding) {
              case Binding.OfPolicy(_, var action, var destinations, var ips) ->
                  "%s to %s with %s".formatted(action, destinations, ips);
              case Binding.OfPod(var ips, var node) -> "%s on %s".formatted(ips, node);
              case Binding.Clearance(var ips, var node) -> "%s on %s".formatted(ips, node);
              case Binding.ClusterNetworks(var networks, var guarded) ->
                  "%s, guarded Pods %s".formatted(networks, guarded);
            });
  }

  private static <T> Optional<Difference> of(
      String entity,
      T replayed,
      T live,
      Function<T, Map<String, Object>> fields,
      Function<T, String> text) {
    if (Objects.equals(replayed, live)) {
      return Optional.empty();
    }
    SortedSet<String> different = new TreeSet<>();
    if (replayed != null && live != null) {
      Map<String, Object> one = fields.apply(replayed);
      Map<String, Object> other = fields.apply(live);
      different.addAll(one.keySet());
      different.addAll(other.keySet());
      different.removeIf(field -> Objects.equals(one.get(field), other.get(field)));
    }
    return Optional.of(
        new Difference(
            entity,
            List.copyOf(different),
            Optional.ofNullable(replayed).map(text),
            Optional.ofNullable(live).map(text)));
  }
}
