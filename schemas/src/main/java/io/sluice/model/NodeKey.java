package io.sluice.model;

/** Key of {@code sluice.heartbeats} and {@code sluice.agents}. */
public record NodeKey(String cluster, String node) implements ClusterScoped {}
