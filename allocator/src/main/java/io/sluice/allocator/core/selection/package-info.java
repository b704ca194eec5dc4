/**
 * Selection: which Pods each policy matches, and what lies inside the cluster. Pure: state and
 * inputs come in, changes of state come out.
 */
package io.sluice.allocator.core.selection;
