/** The edge to a directory of manifest files, and to one of status files. */
package io.sluice.watcher.manifests;
