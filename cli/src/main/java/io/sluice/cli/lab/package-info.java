/**
 * A Sluice cluster on one machine: nodes and Pods as network namespaces, a real Kafka broker and
 * the real programs. Everything here runs inside a {@link io.sluice.cli.lab.Sandbox}.
 */
package io.sluice.cli.lab;
