/** {@code sluice bench}: measures the figures that Sluice promises. */
package io.sluice.cli.bench;
