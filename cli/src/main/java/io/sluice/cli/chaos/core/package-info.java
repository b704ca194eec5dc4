/** Faults, promises, and what follows from signs on the wire. Pure: no clock, no network. */
package io.sluice.cli.chaos.core;
