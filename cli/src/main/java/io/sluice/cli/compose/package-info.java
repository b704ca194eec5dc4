/** The cluster of {@code docker-compose.yml}, driven from outside of its containers. */
package io.sluice.cli.compose;
