package io.sluice.agent;

import io.sluice.agent.core.Announcements;
import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.model.IpAddress;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node says and asks on the wire about floating IPs, and what keeps it from doing so. */
final class Announcing {

  private static final Logger log = LoggerFactory.getLogger(Announcing.class);

  private final DataPlane dataPlane;
  private final Announcements announcements = new Announcements();
  private Optional<String> error = Optional.empty();

  Announcing(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** These are held from now on, or the neighbours may have missed that they are. */
  void begin(Collection<IpAddress> floatingIps, long now) {
    floatingIps.forEach(floatingIp -> announcements.begin(floatingIp, now));
  }

  /** These are not held any more. */
  void end(Collection<IpAddress> floatingIps) {
    floatingIps.forEach(announcements::end);
  }

  void announceDue(long now) {
    announcements.due(now).forEach(this::announce);
  }

  /** Once, whatever is due. */
  void announce(IpAddress floatingIp) {
    try {
      dataPlane.announce(floatingIp);
      error = Optional.empty();
    } catch (DataPlaneException e) {
      error = Optional.of("cannot announce " + floatingIp + ": " + e.getMessage());
      log.error("cannot announce {}", floatingIp, e);
    }
  }

  /** Asks whether another machine has these. */
  void ask(Collection<IpAddress> floatingIps) {
    for (IpAddress floatingIp : floatingIps) {
      try {
        dataPlane.ask(floatingIp);
      } catch (DataPlaneException e) {
        error = Optional.of("cannot ask for " + floatingIp + ": " + e.getMessage());
        log.error("cannot ask for {}", floatingIp, e);
      }
    }
  }

  /** The last thing that could not be said and has not been since. */
  Optional<String> error() {
    return error;
  }

  /** How long until something is due; {@code Long.MAX_VALUE} if nothing is left to announce. */
  long nanosUntilDue(long now) {
    return Math.max(announcements.nanosUntilDue(now).orElse(Long.MAX_VALUE), 0);
  }
}
