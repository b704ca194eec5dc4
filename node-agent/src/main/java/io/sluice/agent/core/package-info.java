/**
 * The decisions of a node's agent: what its kernel is to hold, which addresses its lease covers,
 * what to announce when. Nothing here knows of Kafka, of the kernel or of a clock; {@link
 * io.sluice.agent.core.DataPlane} is the port through which the kernel is reached.
 */
package io.sluice.agent.core;
