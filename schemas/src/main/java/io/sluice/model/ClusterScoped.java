package io.sluice.model;

/**
 * Belongs to one Kubernetes cluster. Every key of every topic is: the cluster's name alone chooses
 * the partition, so that all that concerns a cluster has one total order.
 */
public interface ClusterScoped {

  /** The cluster's name. */
  String cluster();
}
