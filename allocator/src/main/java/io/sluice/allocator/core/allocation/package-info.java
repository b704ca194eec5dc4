/**
 * Allocation: which node carries each floating IP, and which floating IPs each policy leaves with.
 * Pure: state, inputs and the time come in, changes of state come out.
 */
package io.sluice.allocator.core.allocation;
