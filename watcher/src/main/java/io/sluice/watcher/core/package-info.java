/**
 * What the watcher decides: how a Kubernetes object is read, what differs between a topic and its
 * source, which of several manifest files wins, and how the statuses of several authors become one.
 * Nothing here knows of a file, a socket, a thread or a clock.
 */
package io.sluice.watcher.core;
