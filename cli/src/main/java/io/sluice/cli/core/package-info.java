/** Small pure things that several commands share. */
package io.sluice.cli.core;
