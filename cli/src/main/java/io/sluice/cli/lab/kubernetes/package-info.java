/** A local cluster whose objects are in a real API server. */
package io.sluice.cli.lab.kubernetes;
