package io.sluice.cli.chaos.core;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What became of a Pod's packets during a run.
 *
 * @param lost how many went without an answer
 * @param outageNanos the longest time from an answered packet to the next one, by their sending; 0
 *     if none was lost between two answers
 * @param outageFromNanos when it began, since the epoch
 * @param returned whether answers came at the end
 * @param strangeSources source addresses outside that are not the floating IP
 */
public record Traffic(
    long sent,
    long lost,
    long outageNanos,
    long outageFromNanos,
    boolean returned,
    SortedSet<String> strangeSources) {

  public Traffic {
    strangeSources = new TreeSet<>(strangeSources);
  }
}
