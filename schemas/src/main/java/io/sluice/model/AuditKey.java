package io.sluice.model;

/** Key of {@code sluice.audit}. */
public record AuditKey(String cluster, Stream stream) implements ClusterScoped {

  /** Each has its own sequence. */
  public enum Stream {
    ALLOCATION,
    SELECTION
  }
}
