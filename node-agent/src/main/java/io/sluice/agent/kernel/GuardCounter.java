package io.sluice.agent.kernel;

/**
 * What a guard of the rule set has dropped since it was installed.
 *
 * @param packets how many packets
 * @param bytes how many bytes, from the IP header on
 */
public record GuardCounter(long packets, long bytes) {}
