/** A synthetic cluster as objects of an API server. */
package io.sluice.cli.load.kubernetes;
