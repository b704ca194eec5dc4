package io.sluice.cli.bench;

import io.sluice.agent.AgentLoop;
import io.sluice.agent.AgentSettings;
import io.sluice.agent.Inbox;
import io.sluice.agent.Tenure;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.agent.kernel.LinuxDataPlane;
import io.sluice.agent.kernel.VxlanSettings;
import io.sluice.agent.kernel.WallClock;
import io.sluice.cli.core.Percentiles;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabSpec;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;

/** An agent's loop that is granted addresses, and has them taken away again. */
final class KernelRun {

  private static final String NODE = "node-1";
  private static final String OTHER_NODE = "node-2";
  private static final long FIRST_FLOATING_IP = IpAddress.parse("10.40.64.1").low();
  private static final long FIRST_POD = IpAddress.parse("10.128.0.1").low();
  private static final int WARM_UP = 100;

  /** Nothing beats here, so the lease has to outlast the measurement. */
  private static final Duration LEASE = Duration.ofHours(1);

  private final LabSpec spec;
  private final LinuxDataPlane dataPlane;
  private final Inbox inbox = new Inbox();
  private final Tenure tenure;
  private final AgentLoop loop;
  private final SortedSet<IpAddress> floatingIps = new TreeSet<>();
  private long session;
  private long epoch = 1;

  private KernelRun(LabSpec spec, int addresses, int pods, LinuxDataPlane dataPlane) {
    this.spec = spec;
    this.dataPlane = dataPlane;
    this.tenure =
        new Tenure(
            dataPlane.fence(),
            new LeaseRenewal(LEASE, LEASE),
            new WireWatch(LEASE),
            System::nanoTime,
            WallClock::nanos);
    this.loop =
        new AgentLoop(
            new AgentSettings(
                NODE, "bench", "bench", LEASE, LEASE, Duration.ofSeconds(2), LeakGuardMode.CLOSED),
            inbox,
            dataPlane,
            tenure,
            order -> session = order.session(),
            _ -> {},
            1,
            System::nanoTime);
    for (int i = 0; i < addresses; i++) {
      floatingIps.add(address(FIRST_FLOATING_IP + i));
    }
    inbox.accept(new Input.TopicsRead(assignments(OTHER_NODE), bindings(pods)));
    loop.doWork(System.nanoTime());
    if (loop.phase() != AgentLoop.Phase.RUNNING) {
      throw new LabException("the agent did not start: its kernel refuses something");
    }
    long wall = WallClock.nanos();
    tenure.heard(new Input.BeatSent(session, System.nanoTime(), wall));
  }

  /** To be called in the network namespace of node-1. */
  static List<Figure> measure(LabSpec spec, int addresses, int pods, int runs) {
    try (LinuxDataPlane dataPlane = LinuxDataPlane.open("eth0", VxlanSettings.DEFAULT)) {
      KernelRun run = new KernelRun(spec, addresses, pods, dataPlane);
      List<Long> nanos = new ArrayList<>();
      for (int i = 0; i < WARM_UP + runs; i++) {
        long taken = run.hand(NODE);
        if (i >= WARM_UP) {
          nanos.add(taken);
        }
        run.hand(OTHER_NODE);
      }
      dataPlane.removeAll();
      return figures(addresses, Percentiles.of(nanos));
    }
  }

  private static List<Figure> figures(int addresses, Percentiles found) {
    OptionalDouble target =
        switch (addresses) {
          case 1 -> OptionalDouble.of(5);
          case 100 -> OptionalDouble.of(20);
          default -> OptionalDouble.empty();
        };
    String what = addresses == 1 ? "1 address, " : addresses + " addresses, ";
    return List.of(
        Figure.of(what + "p50", found.p50Millis(), Figure.MILLIS),
        new Figure(what + "p99", found.p99Millis(), Figure.MILLIS, target),
        Figure.of(what + "max", found.maxMillis(), Figure.MILLIS));
  }

  /** Hands all addresses to a node; returns how long it took until the kernel had it. */
  private long hand(String node) {
    epoch++;
    Map<IpAddress, Assignment> assignments = assignments(node);
    long start = System.nanoTime();
    assignments.forEach(
        (ip, assignment) -> inbox.accept(new Input.AssignmentRead(ip, Optional.of(assignment))));
    loop.doWork(System.nanoTime());
    long nanos = System.nanoTime() - start;
    SortedSet<IpAddress> expected = node.equals(NODE) ? floatingIps : new TreeSet<>();
    if (!dataPlane.observe().held().equals(expected)) {
      throw new LabException(
          "the kernel holds %s instead of %s".formatted(dataPlane.observe().held(), expected));
    }
    return nanos;
  }

  private Map<IpAddress, Assignment> assignments(String node) {
    Holder holder =
        new Holder(node, session, List.of(InterfaceAddress.parse(spec.nodeAddress(node) + "/16")));
    Map<IpAddress, Assignment> assignments = new HashMap<>();
    for (IpAddress ip : floatingIps) {
      assignments.put(
          ip,
          new Assignment(
              Assignment.State.GRANTED,
              Optional.of(holder),
              epoch,
              Optional.of(new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default")),
              LeaseMode.AVAILABLE,
              epoch,
              "for a benchmark"));
    }
    return assignments;
  }

  private Map<BindingId, Binding> bindings(int pods) {
    Map<BindingId, Binding> bindings = new HashMap<>();
    List<IpAddress> ips = List.copyOf(floatingIps);
    for (int i = 0; i < ips.size(); i++) {
      bindings.put(
          new BindingId.OfPolicy("policy-" + i),
          new Binding.OfPolicy(
              1, Policy.Action.SNAT, List.of(Cidr.parse("203.0.113.0/24")), List.of(ips.get(i))));
    }
    for (int pod = 0; pod < pods; pod++) {
      bindings.put(
          new BindingId.OfPod("policy-" + pod % ips.size(), "bench", "pod-" + pod),
          new Binding.OfPod(List.of(address(FIRST_POD + pod)), pod % 2 == 0 ? NODE : OTHER_NODE));
    }
    return bindings;
  }

  private static IpAddress address(long value) {
    return new IpAddress(IpFamily.IPV4, 0, value);
  }
}
