package io.sluice.agent.core;

import io.sluice.model.AgentReport;
import io.sluice.model.IpAddress;

/**
 * The kernel of this node as Sluice sees it: what it should carry, what it does carry, and how to
 * get from one to the other.
 *
 * <p>Everything that was put into the kernel is tagged as Sluice's own and outlives the process.
 * Nothing else is counted, changed or removed. Every method may be called from any thread, one call
 * runs at a time, and every one throws {@link DataPlaneException} if the kernel refuses.
 */
public interface DataPlane extends AutoCloseable {

  /**
   * The network interface as the kernel has it now: name, MAC and its own global addresses, without
   * the floating ones.
   */
  AgentReport.Nic nic();

  /**
   * Whether the network interface has a carrier: a cable, and something that is switched on at its
   * other end (IFF_LOWER_UP of netdevice(7)). Without one nobody hears this node there.
   */
  boolean hasCarrier();

  /**
   * Puts the fixed part in place: rules, guards, tunnel device. Idempotent and atomic: no packet
   * sees a half-written rule set, and what the tables hold already stays. Called at start and
   * whenever drift was noticed.
   */
  void install();

  /** Reads back what of ours is in the kernel now. */
  KernelTables observe();

  /**
   * Carries out the difference. In this order: addresses and routes are added, the nftables part
   * changes in one transaction, then stale routes, rules and addresses are removed. Only Pods that
   * come or go by the thousand follow that transaction in further ones.
   *
   * @param from what the kernel holds: the last {@link #observe()} or the last tables applied
   * @param to what it shall hold
   * @throws DataPlaneException if the kernel refuses a part, for instance because it does not hold
   *     {@code from}: {@link #observe()} and apply again
   */
  void apply(KernelTables from, KernelTables to);

  /**
   * Tells the network segment where the address is now: gratuitous ARP (RFC 5227, request form) or
   * unsolicited neighbour advertisement (RFC 4861 section 7.2.6). One frame; repeating it is the
   * caller's part.
   */
  void announce(IpAddress floatingIp);

  /**
   * Asks the network segment whether another machine has the address: an ARP probe (RFC 5227
   * section 2.1.1) or a neighbour solicitation as for duplicate address detection (RFC 4862 section
   * 5.4.2). One frame; an answer is a claim.
   */
  void ask(IpAddress floatingIp);

  /**
   * Registers what to call when another machine is heard to have a floating IP. Runs on a thread of
   * the kernel edge and must not block for long.
   */
  void onClaim(ClaimListener listener);

  /** Told who has an address of this cluster. */
  interface ClaimListener {

    /** The machine of this MAC, which is not ours, announced the address or answered for it. */
    void claimed(IpAddress floatingIp, String macAddress);
  }

  /**
   * Registers what to call when somebody else changed something of ours, when the network interface
   * changed (carrier, MAC, own addresses), or when notifications were lost. The answer is {@link
   * #install()}, {@link #observe()}, {@link #apply}. Runs on a thread of the kernel edge and must
   * not block; several changes may be told in one call.
   */
  void onDrift(Runnable listener);

  /** Lets go of sockets and threads and leaves the kernel as it is. */
  @Override
  void close();

  /** Takes away everything of ours from the kernel. */
  void removeAll();
}
