package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * When to announce which floating IP. One announcement moves the neighbours' traffic; the repeats
 * only heal its loss: at once, then 100 ms, 1 s and 5 s after the address came to be held.
 */
public final class Announcements {

  private static final long[] AFTER_NANOS = {
    0, TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(5)
  };

  private record Course(long sinceNanos, int next) {

    long dueNanos() {
      return sinceNanos + AFTER_NANOS[next];
    }
  }

  private final SortedMap<IpAddress, Course> courses = new TreeMap<>();

  /** The address is held from now on, or its neighbours may have missed that it is. */
  public void begin(IpAddress floatingIp, long now) {
    courses.put(floatingIp, new Course(now, 0));
  }

  /** The address is not held any more. */
  public void end(IpAddress floatingIp) {
    courses.remove(floatingIp);
  }

  /** What is to be announced now, each address once however many of its repeats are overdue. */
  public List<IpAddress> due(long now) {
    List<IpAddress> due = new ArrayList<>();
    for (IpAddress floatingIp : List.copyOf(courses.keySet())) {
      Course course = courses.get(floatingIp);
      int next = course.next();
      while (next < AFTER_NANOS.length && now - (course.sinceNanos() + AFTER_NANOS[next]) >= 0) {
        next++;
      }
      if (next == course.next()) {
        continue;
      }
      due.add(floatingIp);
      if (next == AFTER_NANOS.length) {
        courses.remove(floatingIp);
      } else {
        courses.put(floatingIp, new Course(course.sinceNanos(), next));
      }
    }
    return due;
  }

  /** How long until something is due; empty when nothing is left to announce. */
  public OptionalLong nanosUntilDue(long now) {
    return courses.values().stream().mapToLong(course -> course.dueNanos() - now).min();
  }
}
