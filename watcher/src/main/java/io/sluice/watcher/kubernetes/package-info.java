/** The edge to a Kubernetes API server: informers in, statuses out. */
package io.sluice.watcher.kubernetes;
