package io.sluice.cli.chaos.core;

/**
 * How well the wire was watched.
 *
 * @param signs how many there were
 * @param framesLost that the observer did not get; more than none proves nothing
 * @param longestPauseNanos the longest time between two rounds of questions
 */
public record Observation(int signs, long framesLost, long longestPauseNanos) {}
