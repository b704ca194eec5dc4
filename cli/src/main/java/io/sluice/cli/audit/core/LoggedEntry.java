package io.sluice.cli.audit.core;

import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;

/**
 * A record of {@code sluice.audit}.
 *
 * @param offset where it stands on the topic; both streams of a cluster share one partition, so
 *     this is also their common order
 */
public record LoggedEntry(AuditKey.Stream stream, long offset, AuditEntry entry) {}
