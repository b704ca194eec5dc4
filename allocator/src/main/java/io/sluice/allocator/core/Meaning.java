package io.sluice.allocator.core;

import io.sluice.model.Gateway;
import io.sluice.model.MalformedResource;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.Workload;

/**
 * Compares objects without their resource version, which changes with every write to an object,
 * also those that change nothing Sluice reads.
 */
public final class Meaning {

  private Meaning() {}

  /** Whether the two are the same for every decision. */
  public static boolean same(Resource one, Resource other) {
    return without(one).equals(without(other));
  }

  /** Whether the two are the same for every decision. */
  public static boolean same(Workload one, Workload other) {
    return without(one).equals(without(other));
  }

  private static Resource without(Resource resource) {
    Metadata metadata = without(resource.metadata());
    return switch (resource) {
      case Gateway(_, var ips, var selector, var failback, var mode) ->
          new Gateway(metadata, ips, selector, failback, mode);
      case Policy(_, var sources, var action, var destinations, var ip, var gateway, var share) ->
          new Policy(metadata, sources, action, destinations, ip, gateway, share);
      case Node(_, var labels, var addresses, var podCidrs, var ready, var unschedulable) ->
          new Node(metadata, labels, addresses, podCidrs, ready, unschedulable);
      case MalformedResource(_, var errors) -> new MalformedResource(metadata, errors);
    };
  }

  private static Workload without(Workload workload) {
    Metadata metadata = without(workload.metadata());
    return switch (workload) {
      case Workload.Namespace(_, var labels) -> new Workload.Namespace(metadata, labels);
      case Workload.Pod(_, var labels, var ips, var node, var hostNetwork, var terminated) ->
          new Workload.Pod(metadata, labels, ips, node, hostNetwork, terminated);
    };
  }

  private static Metadata without(Metadata metadata) {
    return new Metadata(metadata.uid(), "", metadata.generation(), metadata.createdAtMillis());
  }
}
