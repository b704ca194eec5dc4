package io.sluice.model;

/** Key of {@code sluice.bindings}. */
public record BindingKey(String cluster, BindingId id) implements ClusterScoped {}
