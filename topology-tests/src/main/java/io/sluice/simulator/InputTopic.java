package io.sluice.simulator;

import io.sluice.schemas.Topics;

/** The topics that allocation reads. */
enum InputTopic {
  RESOURCES(Topics.RESOURCES.name()),
  AGENTS(Topics.AGENTS.name()),
  HEARTBEATS(Topics.HEARTBEATS.name());

  private final String topic;

  InputTopic(String topic) {
    this.topic = topic;
  }

  /** The topic's name on Kafka. */
  String topic() {
    return topic;
  }
}
