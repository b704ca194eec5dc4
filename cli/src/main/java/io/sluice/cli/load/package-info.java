/** Load on the control plane: a synthetic cluster of any size, written to the topics. */
package io.sluice.cli.load;
