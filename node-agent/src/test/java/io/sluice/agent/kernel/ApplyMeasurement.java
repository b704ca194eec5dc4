package io.sluice.agent.kernel;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Measures what a change costs; a program, not a test, because a busy machine must not fail a
 * build. Run it as root with the test class path. It prints milliseconds.
 */
public final class ApplyMeasurement {

  private static final int RUNS = 200;

  private ApplyMeasurement() {}

  public static void main(String[] arguments) {
    try (NetworkNamespace node = NetworkNamespace.create("measure")) {
      node.run("ip link add eth0 type veth peer name far");
      node.run("ip link set far up");
      node.run("ip link set eth0 up");
      node.run("ip addr add 10.40.0.11/16 dev eth0");
      node.run("sysctl -qw net.ipv4.ip_forward=1");
      Instant start = Instant.now();
      try (LinuxDataPlane dataPlane =
          node.inside(() -> LinuxDataPlane.open("eth0", VxlanSettings.DEFAULT))) {
        print("open and warm up", start.until());
        start = Instant.now();
        dataPlane.install();
        print("install, the first", start.until());
        measure(dataPlane, 0);
        measure(dataPlane, 150_000);
      }
    }
  }

  private static void measure(LinuxDataPlane dataPlane, int pods) {
    SortedMap<IpAddress, Integer> podClasses = pods(pods);
    KernelTables without = tables(podClasses, 0, 0);
    Instant start = Instant.now();
    dataPlane.apply(dataPlane.observe(), without);
    print(pods + " pods, 1000 classes: applied", start.until());
    start = Instant.now();
    KernelTables observed = dataPlane.observe();
    print(pods + " pods: observed", start.until());
    if (!observed.equals(without)) {
      throw new IllegalStateException("the kernel holds something else");
    }
    start = Instant.now();
    dataPlane.install();
    print(pods + " pods: install again", start.until());
    for (int count : new int[] {1, 100}) {
      KernelTables with = tables(podClasses, count, 0);
      Span[] taken = new Span[RUNS];
      Span[] given = new Span[RUNS];
      for (int run = 0; run < RUNS; run++) {
        start = Instant.now();
        dataPlane.apply(without, with);
        with.held().forEach(dataPlane::announce);
        taken[run] = start.until();
        start = Instant.now();
        dataPlane.apply(with, without);
        given[run] = start.until();
      }
      print(pods + " pods: take and announce " + count, taken);
      print(pods + " pods: give away " + count, given);
    }
    Span[] onePod = new Span[RUNS];
    KernelTables before = without;
    for (int run = 0; run < RUNS; run++) {
      SortedMap<IpAddress, Integer> more = new TreeMap<>(podClasses);
      more.put(new IpAddress(IpFamily.IPV4, 0, 0x0B00_0000L + run), run % 10);
      KernelTables after = tables(Collections.unmodifiableSortedMap(more), 0, 0);
      start = Instant.now();
      dataPlane.apply(before, after);
      onePod[run] = start.until();
      before = after;
    }
    print(pods + " pods: one pod came, one went", onePod);
    Span[] oneClass = new Span[RUNS];
    for (int run = 0; run < RUNS; run++) {
      KernelTables after = tables(podClasses, 0, run + 1);
      start = Instant.now();
      dataPlane.apply(before, after);
      oneClass[run] = start.until();
      before = after;
    }
    print(pods + " pods: one class changed", oneClass);
    dataPlane.apply(before, KernelTables.EMPTY);
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    System.out.printf(
        "heap in use: %d MiB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
  }

  private static SortedMap<IpAddress, Integer> pods(int count) {
    SortedMap<IpAddress, Integer> pods = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      pods.put(new IpAddress(IpFamily.IPV4, 0, 0x0A00_0000L + i), i % 1000);
    }
    return Collections.unmodifiableSortedMap(pods);
  }

  private static final SortedMap<Integer, PodClass> CLASSES = classes(0);

  private static SortedMap<Integer, PodClass> classes(int variant) {
    SortedMap<Integer, PodClass> classes = new TreeMap<>();
    for (int number = 0; number < 1000; number++) {
      DestinationRange[] ranges = new DestinationRange[10];
      for (int i = 0; i < ranges.length; i++) {
        long first = 0xC000_0000L + (i << 20) + ((number == 500 ? variant : 0) << 10);
        ranges[i] =
            new DestinationRange(
                new IpAddress(IpFamily.IPV4, 0, first),
                new IpAddress(IpFamily.IPV4, 0, first + 1023),
                new Verdict.Egress(number + 1));
      }
      classes.put(number, new PodClass(List.of(ranges)));
    }
    return Collections.unmodifiableSortedMap(classes);
  }

  private static KernelTables tables(
      SortedMap<IpAddress, Integer> podClasses, int held, int variant) {
    SortedSet<IpAddress> ips = new TreeSet<>();
    SortedMap<Integer, Integer> routes = new TreeMap<>();
    SortedMap<Integer, IpAddress> snat = new TreeMap<>();
    for (int i = 1; i <= held; i++) {
      IpAddress ip = new IpAddress(IpFamily.IPV4, 0, 0x0A28_0100L + i);
      ips.add(ip);
      routes.put(i, KernelTables.HELD_HERE);
      snat.put(i, ip);
    }
    return new KernelTables(
        ips,
        Collections.emptySortedSet(),
        Collections.emptySortedSet(),
        podClasses,
        variant == 0 ? CLASSES : classes(variant),
        routes,
        snat,
        Collections.emptySortedMap());
  }

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** What passed on the clock and what this thread worked, the kernel on its behalf included. */
  private record Span(double millis, double workMillis) {}

  private record Instant(long nanos, long workNanos) {

    static Instant now() {
      return new Instant(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
    }

    Span until() {
      Instant now = now();
      return new Span((now.nanos - nanos) / 1e6, (now.workNanos - workNanos) / 1e6);
    }
  }

  private static void print(String what, Span... spans) {
    System.out.printf(
        "%-40s elapsed p50 %8.3f p99 %8.3f   worked p50 %8.3f p99 %8.3f%n",
        what,
        percentile(spans, Span::millis, 50),
        percentile(spans, Span::millis, 99),
        percentile(spans, Span::workMillis, 50),
        percentile(spans, Span::workMillis, 99));
  }

  private static double percentile(Span[] spans, ToDoubleFunction<Span> figure, int percent) {
    double[] sorted = Arrays.stream(spans).mapToDouble(figure).sorted().toArray();
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
