package io.sluice.cli.lab;

import java.util.List;

/** A Kubernetes API that says what a local cluster consists of, in the place of its manifests. */
public interface ClusterApi extends AutoCloseable {

  /** Where it is, for people. */
  String address();

  /** How a watcher is told to follow it. */
  List<String> watcherArguments();

  /**
   * Makes the nodes, namespaces and Pods of a lab, as kubelets would have.
   *
   * @throws LabException if it refuses
   */
  void write(LabSpec spec);

  /** Takes nodes and Pods away again, as far as it answers. */
  @Override
  void close();
}
