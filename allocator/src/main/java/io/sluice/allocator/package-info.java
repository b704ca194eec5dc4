/** The allocator process. */
package io.sluice.allocator;
