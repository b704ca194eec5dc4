package io.sluice.kafka;

import static io.sluice.schemas.Topics.AGENTS;
import static io.sluice.schemas.Topics.ASSIGNMENTS;
import static io.sluice.schemas.Topics.AUDIT;
import static io.sluice.schemas.Topics.BINDINGS;
import static io.sluice.schemas.Topics.HEARTBEATS;
import static io.sluice.schemas.Topics.RESOURCES;
import static io.sluice.schemas.Topics.STATUS;
import static io.sluice.schemas.Topics.WORKLOADS;

import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The programs by what they have to do with the topics. */
public enum Component {
  /** Writes what Kubernetes says, and shows what comes back. */
  WATCHER(
      List.of(RESOURCES, WORKLOADS, STATUS, ASSIGNMENTS),
      List.of(RESOURCES, WORKLOADS, STATUS),
      true),
  /** Decides. */
  ALLOCATOR(
      List.of(RESOURCES, WORKLOADS, AGENTS, HEARTBEATS),
      List.of(ASSIGNMENTS, BINDINGS, STATUS, AUDIT),
      true),
  /**
   * Carries it out, on every node. Makes no topics: there are many agents, and they are exposed.
   */
  AGENT(List.of(ASSIGNMENTS, BINDINGS), List.of(HEARTBEATS, AGENTS), false),
  /** The commands that answer questions; they write nothing. */
  CLI(Topics.all(), List.of(), false);

  private final List<Topic<?, ?>> reads;
  private final List<Topic<?, ?>> writes;
  private final boolean makesTopics;

  Component(
      List<? extends Topic<?, ?>> reads, List<? extends Topic<?, ?>> writes, boolean makesTopics) {
    this.reads = List.copyOf(reads);
    this.writes = List.copyOf(writes);
    this.makesTopics = makesTopics;
  }

  /** The topics it reads. */
  public List<Topic<?, ?>> reads() {
    return reads;
  }

  /** The topics it writes. */
  public List<Topic<?, ?>> writes() {
    return writes;
  }

  /** Whether it makes those of its topics that are missing. */
  public boolean makesTopics() {
    return makesTopics;
  }

  /** All topics it has to do with. */
  public List<Topic<?, ?>> topics() {
    Set<Topic<?, ?>> all = new LinkedHashSet<>(reads);
    all.addAll(writes);
    return new ArrayList<>(all);
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
