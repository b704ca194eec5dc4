package io.sluice.simulator;

import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What a holder in mode available owes to another one (design, section 4.5): it yields when a
 * foreign machine announces its address, and while it is cut off from Kafka it asks the wire. It
 * goes on once it has heard from Kafka and read everything that was decided meanwhile.
 */
final class WireWatch {

  private static final long ASKS_EVERY = TimeUnit.MILLISECONDS.toNanos(20);

  private final World world;
  private final SimulatedNode node;
  private final AgentRun agent;
  private final SortedSet<IpAddress> yielded = new TreeSet<>();
  private boolean asking;
  private int goesOnAt = -1;

  WireWatch(World world, SimulatedNode node, AgentRun agent) {
    this.world = world;
    this.node = node;
    this.agent = agent;
  }

  SortedSet<IpAddress> yielded() {
    return Collections.unmodifiableSortedSet(yielded);
  }

  /** To be called with every beat: begins to ask when no beat was acknowledged for long. */
  void beat() {
    if (!asking && node.isCutOff()) {
      asking = true;
      ask();
    }
  }

  private void ask() {
    for (IpAddress ip : node.kernel().tables().held()) {
      if (node.answers(ip) && world.wire().answeredByOther(ip, node)) {
        agent.after(world.dice().millis(0.2, 1.5), () -> giveWay(ip, "another machine answers"));
      }
    }
    asking = node.isCutOff();
    if (asking) {
      agent.after(ASKS_EVERY, this::ask);
    }
  }

  /** A foreign machine announced the address. */
  void foreignAnnouncement(IpAddress ip) {
    if (node.answers(ip)) {
      giveWay(ip, "another machine announced it");
    }
  }

  private void giveWay(IpAddress ip, String why) {
    if (world.behaviour().watchesTheWire()
        && agent.mode(ip) == LeaseMode.AVAILABLE
        && node.kernel().tables().held().contains(ip)) {
      world.trace().note(node.name(), () -> "yields " + ip + ": " + why);
      yielded.add(ip);
      goesOnAt = -1;
      node.kernel().fence().close(ip);
    }
  }

  /** To be called whenever something was read or acknowledged. */
  void reconsider(DecisionReader reader) {
    if (yielded.isEmpty() || node.isCutOff()) {
      goesOnAt = -1;
    } else if (goesOnAt < 0) {
      goesOnAt = world.kafka().decisions().size();
    }
    if (goesOnAt >= 0 && reader.hasRead(goesOnAt)) {
      world.trace().note(node.name(), () -> "is up to date: yields no more " + yielded);
      yielded.clear();
    }
  }
}
