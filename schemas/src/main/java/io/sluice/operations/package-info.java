/** What every program shows to those who operate it: metrics and probes over HTTP. */
package io.sluice.operations;
