package io.sluice.cli.audit.core;

import io.sluice.model.AuditKey;

/**
 * One stream of a log, as far as it was read.
 *
 * @param firstMillis the time of its first entry
 * @param lastMillis the latest time in it
 * @param stepsBack how often an entry has an earlier time than one before it
 */
public record StreamSummary(
    AuditKey.Stream stream,
    long entries,
    long firstSequence,
    long lastSequence,
    long firstMillis,
    long lastMillis,
    long stepsBack,
    long longestStepBackMillis) {}
