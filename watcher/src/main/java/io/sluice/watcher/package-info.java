/**
 * The watcher: publishes the objects of a Kubernetes cluster, or of a directory of manifests, to
 * Kafka, and shows the statuses that come back. This package joins the pieces and runs them.
 */
package io.sluice.watcher;
