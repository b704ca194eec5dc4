package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.Explanation;
import io.sluice.cli.lab.LabException;
import io.sluice.model.IpAddress;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Questions that have no answer, and what would have one. */
final class Refusals {

  private static final int LISTED = 20;

  private Refusals() {}

  static LabException unknownIp(AuditFold fold, IpAddress ip) {
    SortedSet<IpAddress> known = new TreeSet<>(fold.allocation().assignments().keySet());
    known.addAll(fold.allocation().pool().owners().keySet());
    return new LabException(
        "%s never was a floating IP of this cluster; there are: %s".formatted(ip, list(known)));
  }

  static LabException unknownName(AuditFold fold, String name) {
    return new LabException(
        "\"%s\" is no floating IP, policy or node; policies: %s; nodes: %s; floating IPs: %s"
            .formatted(
                name,
                list(Explanation.knownPolicies(fold)),
                list(Explanation.knownNodes(fold)),
                list(fold.allocation().assignments().keySet())));
  }

  static LabException emptyLog(String cluster) {
    return new LabException(
        "the audit log holds nothing of cluster \"%s\"; is that its --cluster name?"
            .formatted(cluster));
  }

  /**
   * Refuses a time before the log begins.
   *
   * @throws LabException naming the first entry's time
   */
  static void requireWithin(AuditFold fold, Instant at, ZoneId zone) {
    Instant first = Phrases.time(fold.firstMillis().orElseThrow());
    if (at.isBefore(first)) {
      throw new LabException(
          "%s is before the log begins; its first entry is of %s: ask for that time or a later one"
              .formatted(AuditTime.text(at, zone), AuditTime.text(first, zone)));
    }
  }

  private static String list(Collection<?> things) {
    if (things.isEmpty()) {
      return "none";
    }
    String first =
        things.stream().limit(LISTED).map(Object::toString).collect(Collectors.joining(", "));
    int more = things.size() - LISTED;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}
