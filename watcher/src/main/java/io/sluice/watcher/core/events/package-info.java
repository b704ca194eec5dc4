/**
 * What people are told has happened: derived from the records that say what is the case. Nothing
 * here knows of a file, a socket, a thread or a clock.
 */
package io.sluice.watcher.core.events;
