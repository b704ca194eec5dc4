/**
 * What the audit log says: checked, folded to a state with the allocator's own code, and asked. No
 * Kafka, clock or output.
 */
package io.sluice.cli.audit.core;
