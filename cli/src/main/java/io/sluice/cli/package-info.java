/**
 * The {@code sluice} command: a cluster on one machine, a demonstration, and a look at any cluster.
 */
package io.sluice.cli;
