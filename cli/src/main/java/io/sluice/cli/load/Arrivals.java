package io.sluice.cli.load;

import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.IpAddress;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Reads what the allocator decides, as an agent does, and keeps count. For one thread. */
public final class Arrivals implements AutoCloseable {

  private final TopicReader reader;
  private final SyntheticAgents agents;
  private final Set<BindingId.OfPod> pods = new HashSet<>();
  private final Set<BindingId.OfClearance> cleared = new HashSet<>();
  private final Set<String> policiesWithIp = new HashSet<>();
  private final SortedMap<IpAddress, String> holders = new TreeMap<>();
  private final Map<BindingId.OfPod, Long> awaited = new HashMap<>();
  private long lastChangeNanos = System.nanoTime();
  private Instant lastChange = Instant.now();

  public Arrivals(Properties client, String cluster, SyntheticAgents agents) {
    this.reader = TopicReader.open(client, cluster, List.of(Topics.BINDINGS, Topics.ASSIGNMENTS));
    this.agents = agents;
  }

  int pods() {
    return pods.size();
  }

  int cleared() {
    return cleared.size();
  }

  int policies() {
    return policiesWithIp.size();
  }

  public int floatingIps() {
    return holders.size();
  }

  /** The nodes that addresses are granted to, one for each address. */
  public Collection<String> holders() {
    return Collections.unmodifiableCollection(holders.values());
  }

  /** Asks to note when a binding is read. */
  void await(BindingId.OfPod binding) {
    awaited.put(binding, 0L);
  }

  /** When it was read, by {@link System#nanoTime()}; empty if it was not yet. */
  Optional<Long> arrivedAtNanos(BindingId.OfPod binding) {
    return Optional.ofNullable(awaited.get(binding)).filter(nanos -> nanos != 0);
  }

  void forget(BindingId.OfPod binding) {
    awaited.remove(binding);
  }

  /** When something was read last. */
  public long lastChangeNanos() {
    return lastChangeNanos;
  }

  /** The same on the clock of the machine, which is also that of a broker on this machine. */
  public long lastChangeEpochNanos() {
    return TimeUnit.SECONDS.toNanos(lastChange.getEpochSecond()) + lastChange.getNano();
  }

  /** Reads for so long, or until something came. */
  public void poll(Duration limit) {
    List<TopicRecord<?, ?>> records = reader.poll(limit);
    if (records.isEmpty()) {
      return;
    }
    lastChangeNanos = System.nanoTime();
    lastChange = Instant.now();
    SortedMap<IpAddress, Assignment> assignments = new TreeMap<>();
    for (TopicRecord<?, ?> record : records) {
      if (record.key() instanceof BindingKey key) {
        binding(key.id(), record.value().map(Binding.class::cast));
      } else if (record.key() instanceof AssignmentKey key) {
        record.value().ifPresent(value -> assignments.put(key.floatingIp(), (Assignment) value));
      }
    }
    assignments.forEach(this::assignment);
    if (!assignments.isEmpty()) {
      agents.read(assignments);
    }
  }

  private void binding(BindingId id, Optional<Binding> value) {
    switch (id) {
      case BindingId.OfPod pod -> {
        if (value.isPresent()) {
          pods.add(pod);
          awaited.computeIfPresent(pod, (_, _) -> lastChangeNanos);
        } else {
          pods.remove(pod);
        }
      }
      case BindingId.OfPolicy(String name) -> {
        if (value.isPresent()
            && value.get() instanceof Binding.OfPolicy policy
            && !policy.egressIps().isEmpty()) {
          policiesWithIp.add(name);
        } else {
          policiesWithIp.remove(name);
        }
      }
      case BindingId.OfClearance clearance -> {
        if (value.isPresent()) {
          cleared.add(clearance);
        } else {
          cleared.remove(clearance);
        }
      }
      case BindingId.ClusterNetworks() -> {
        // Not a part of the load.
      }
    }
  }

  private void assignment(IpAddress ip, Assignment assignment) {
    if (assignment.state() == Assignment.State.GRANTED) {
      holders.put(ip, assignment.holder().orElseThrow().node());
    } else {
      holders.remove(ip);
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
