/** {@code sluice acls}: what each program has to be allowed on a Kafka that asks for it. */
package io.sluice.cli.acls;
