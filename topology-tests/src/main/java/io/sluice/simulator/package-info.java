/**
 * The deterministic simulator: the real cores of the allocator and of the agent, between models of
 * Kafka, the network, the kernel's lease and the clocks. One seed is one run.
 */
package io.sluice.simulator;
