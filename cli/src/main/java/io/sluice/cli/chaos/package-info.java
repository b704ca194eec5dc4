/** Real faults on a local cluster, and what was seen on the wire meanwhile. */
package io.sluice.cli.chaos;
