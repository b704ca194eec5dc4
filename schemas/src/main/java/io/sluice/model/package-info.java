/**
 * What Sluice talks about: addresses, Kubernetes objects as far as they matter, leases, assignments
 * and the records that the audit log is made of. Plain values; nothing here knows of Kafka, of
 * Kubernetes or of a clock.
 */
package io.sluice.model;
