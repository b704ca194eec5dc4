package io.sluice.cli.chaos.core;

import io.sluice.model.IpAddress;

/**
 * A time during which two nodes had one address.
 *
 * @param first whose tenure began first
 * @param toNanos at least the sampling interval after the beginning
 */
public record Overlap(
    IpAddress address, String first, String second, long fromNanos, long toNanos) {}
