/** Where the audit log and the live state are read. */
package io.sluice.cli.audit.kafka;
