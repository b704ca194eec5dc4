package io.sluice.model;

/** Key of {@code sluice.assignments}. */
public record AssignmentKey(String cluster, IpAddress floatingIp) implements ClusterScoped {}
