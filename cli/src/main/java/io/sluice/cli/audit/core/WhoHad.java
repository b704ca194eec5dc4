package io.sluice.cli.audit.core;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import java.util.Optional;

/**
 * Who had a floating IP at a time.
 *
 * @param policies what left with it
 */
public record WhoHad(Whereabouts where, List<PolicyUse> policies) {

  public WhoHad {
    policies = List.copyOf(policies);
  }

  /** Where the fold ends. */
  public static WhoHad of(AuditFold fold, IpAddress ip) {
    return new WhoHad(Whereabouts.of(fold, ip), PolicyUse.of(fold, ip));
  }

  /** Finds what the log says of an address after the time that was asked for. */
  public static final class Next {

    private final IpAddress ip;
    private Assignment assignment;
    private long atMillis;

    public Next(IpAddress ip) {
      this.ip = ip;
    }

    /**
     * Looks at an entry that is later than that time; only the first that tells something counts.
     */
    public void consider(LoggedEntry later) {
      if (assignment != null) {
        return;
      }
      later.entry().changes().stream()
          .filter(change -> change instanceof AssignmentChanged of && of.floatingIp().equals(ip))
          .map(change -> ((AssignmentChanged) change).assignment())
          .findFirst()
          .ifPresent(next -> {
            assignment = next;
            atMillis = later.entry().timeMillis();
          });
    }

    /** What comes next; empty if nothing did so far. */
    public Optional<Assignment> assignment() {
      return Optional.ofNullable(assignment);
    }

    /** When that is, milliseconds since the epoch; only if something comes. */
    public long atMillis() {
      return atMillis;
    }
  }
}
