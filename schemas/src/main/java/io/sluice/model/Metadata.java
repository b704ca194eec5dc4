package io.sluice.model;

/**
 * What the API server says about an object besides its content.
 *
 * @param uid identity across delete and recreate under one name
 * @param resourceVersion opaque version, comparable only within one kind
 * @param generation rises with each change of the specification
 * @param createdAtMillis creation time, milliseconds since the epoch; orders older before newer
 */
public record Metadata(String uid, String resourceVersion, long generation, long createdAtMillis) {}
