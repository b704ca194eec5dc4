/** The commands that ask the audit log: replay, who-had, history, explain. */
package io.sluice.cli.audit;
