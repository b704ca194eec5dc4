package io.sluice.agent.core;

import io.sluice.model.Heartbeat.Intent;

/**
 * What the next beats are to say. {@code RUNNING} is said again and again, the other intents once:
 * after them the agent is silent.
 */
public record BeatOrder(long session, Intent intent) {}
