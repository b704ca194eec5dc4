package io.sluice.model;

/** Key of {@code sluice.resources} and {@code sluice.workloads}. */
public record ObjectKey(String cluster, ObjectId id) implements ClusterScoped {

  @Override
  public String toString() {
    return cluster + ": " + id;
  }
}
