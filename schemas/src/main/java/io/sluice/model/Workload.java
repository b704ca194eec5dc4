package io.sluice.model;

import java.util.List;
import java.util.Map;

/** An object of {@code sluice.workloads}: what policies select. */
public sealed interface Workload {

  Metadata metadata();

  Map<String, String> labels();

  /** A namespace. */
  record Namespace(Metadata metadata, Map<String, String> labels) implements Workload {

    public Namespace {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * A Pod.
   *
   * @param ips its addresses, empty until it has one
   * @param node the node it runs on, empty until it is scheduled
   * @param hostNetwork whether it uses its node's address; such Pods are never matched
   * @param terminated whether it has ended; its address may belong to another Pod by now
   */
  record Pod(
      Metadata metadata,
      Map<String, String> labels,
      List<IpAddress> ips,
      String node,
      boolean hostNetwork,
      boolean terminated)
      implements Workload {

    public Pod {
      labels = Map.copyOf(labels);
      ips = List.copyOf(ips);
    }
  }
}
