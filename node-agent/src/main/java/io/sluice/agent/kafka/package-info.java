/** The agent's side of Kafka: it reads decisions, beats, and reports what it has done. */
package io.sluice.agent.kafka;
