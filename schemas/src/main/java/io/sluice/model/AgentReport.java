package io.sluice.model;

import java.util.List;
import java.util.Optional;

/**
 * What an agent says of itself and of what it has done.
 *
 * @param instance identifies the agent process
 * @param session the lease session the report belongs to
 * @param version the agent's version
 * @param nic the network interface that carries floating IPs
 * @param applied what it has done with the addresses it was told of
 * @param lastError the last thing that went wrong and still is
 * @param leases how long it takes its leases to be; empty if it is of a version that does not say
 * @param refusal why the allocator grants it nothing, said by the allocator alone when it takes the
 *     report in; empty if it does
 */
public record AgentReport(
    String instance,
    long session,
    String version,
    Nic nic,
    List<Applied> applied,
    Optional<String> lastError,
    Optional<Leases> leases,
    Optional<String> refusal) {

  public AgentReport {
    applied = List.copyOf(applied);
  }

  /** A report that does not say how long leases are. */
  public AgentReport(
      String instance,
      long session,
      String version,
      Nic nic,
      List<Applied> applied,
      Optional<String> lastError) {
    this(instance, session, version, nic, applied, lastError, Optional.empty(), Optional.empty());
  }

  /**
   * What has to end before anybody else is granted an address.
   *
   * @param leaseMillis after a beat
   * @param restartLeaseMillis after the announcement of a restart
   */
  public record Leases(long leaseMillis, long restartLeaseMillis) {}

  /** The same with other leases. */
  public AgentReport withLeases(Optional<Leases> others) {
    return new AgentReport(instance, session, version, nic, applied, lastError, others, refusal);
  }

  /** The same with another refusal. */
  public AgentReport withRefusal(Optional<String> other) {
    return new AgentReport(instance, session, version, nic, applied, lastError, leases, other);
  }

  /**
   * A network interface.
   *
   * @param macAddress six octets in hexadecimal with colons
   * @param addresses its own addresses, without the floating ones
   */
  public record Nic(String name, String macAddress, List<InterfaceAddress> addresses) {

    public Nic {
      addresses = List.copyOf(addresses);
    }

    /** Whether the address lies in one of the subnets of this interface. */
    public boolean reaches(IpAddress address) {
      return addresses.stream().anyMatch(own -> own.subnet().contains(address));
    }
  }

  /**
   * The newest assignment of an address that the agent has carried out.
   *
   * @param epoch the epoch of that assignment
   */
  public record Applied(IpAddress floatingIp, long epoch, AppliedState state) {}

  /** Whether the kernel carries the address. */
  public enum AppliedState {
    HELD,
    RELEASED,
    /**
     * Everything is ready to carry it once it is granted, or once the network interface has a
     * carrier again; until then nothing passes.
     */
    PREPARED
  }
}
