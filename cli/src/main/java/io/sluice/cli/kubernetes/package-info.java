/** The Kubernetes API, for the commands that need an API server. */
package io.sluice.cli.kubernetes;
