package io.sluice.simulator;

import io.sluice.agent.core.Input;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How an agent reads its two topics: once to the end, then record by record. It polls, so nothing
 * is lost when the way is cut.
 */
final class DecisionReader {

  private static final long TRY_AGAIN_AFTER = TimeUnit.MILLISECONDS.toNanos(50);

  private final World world;
  private final SimulatedNode node;
  private final AgentRun agent;
  private final Consumer<Input> sink;
  private int position;
  private boolean opened;
  private boolean everRead;
  private boolean fetching;
  private long stalledUntil;

  DecisionReader(World world, SimulatedNode node, AgentRun agent, Consumer<Input> sink) {
    this.world = world;
    this.node = node;
    this.agent = agent;
    this.sink = sink;
  }

  /** Reads from the beginning, as at the start and whenever reading had to begin anew. */
  void open() {
    opened = false;
    agent.process().after(world.dice().millis(10, 150), this::readToTheEnd);
  }

  private void readToTheEnd() {
    if (!node.canFetch()) {
      agent.process().after(TRY_AGAIN_AFTER, this::readToTheEnd);
      return;
    }
    int end = world.kafka().decisions().size();
    Input.TopicsRead read = world.kafka().compacted();
    // Decisions that come while the last of these is on its way are read after it.
    agent
        .process()
        .after(
            world.dice().millis(1, 60),
            () -> {
              position = end;
              opened = true;
              everRead = true;
              sink.accept(read);
              poke();
            });
  }

  /** Whether everything that was committed up to this position has been read. */
  boolean hasRead(int end) {
    return opened && position >= end;
  }

  /** Whether this process has ever read its topics to their end. */
  boolean hasEverRead() {
    return everRead;
  }

  /** The consumer gets nothing for a while, though beats get through. */
  void stall(long nanos) {
    stalledUntil = world.timeline().now() + nanos;
  }

  /** Old records are delivered once more, in their order. */
  void rewind(int records) {
    position = Math.max(0, position - records);
    poke();
  }

  /** Something of long ago arrives once more. */
  void deliverLate(Input old) {
    agent
        .process()
        .after(
            node.fetchDelay(),
            () -> {
              if (opened && node.canFetch()) {
                sink.accept(old);
              }
            });
  }

  /** There may be something to read. */
  void poke() {
    if (opened && !fetching) {
      fetching = true;
      long stall = Math.max(stalledUntil - world.timeline().now(), 0);
      agent.process().after(stall + node.fetchDelay(), this::fetch);
    }
  }

  private void fetch() {
    fetching = false;
    if (!opened || !node.canFetch()) {
      return;
    }
    if (stalledUntil > world.timeline().now()) {
      poke();
      return;
    }
    while (position < world.kafka().decisions().size()) {
      sink.accept(world.kafka().decisions().get(position++));
    }
  }
}
