/**
 * The protocol: how the model is written on Kafka's topics and read back, for every version of the
 * schemas there ever was, and which topics there are.
 */
package io.sluice.schemas;
