/**
 * What allocation and selection have in common: an input leads to changes of state, the changes are
 * the audit log, and applying them is all that ever changes the state.
 */
package io.sluice.allocator.core;
