package io.sluice.cli.chaos.core;

/**
 * A time during which a node showed steadily that it has an address.
 *
 * @param fromNanos its first sign, since the epoch
 * @param toNanos its last one
 * @param signs how many there were
 */
public record Tenure(String node, long fromNanos, long toNanos, int signs) {}
