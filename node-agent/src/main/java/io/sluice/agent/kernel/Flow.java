package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A connection as conntrack knows it.
 *
 * @param source who began it
 * @param sentTo the destination its packets come with
 * @param destination whom it reaches, after destination NAT
 * @param repliesTo where replies come back to: the source its packets leave with
 * @param inZone whether it is looked for in the zone of what is translated here, see {@code
 *     sluice.nft}
 * @param tcp whether it is TCP, whose windows conntrack follows
 * @param key what tells conntrack which one it is (CTA_TUPLE_ORIG and CTA_ID), in bytes
 */
record Flow(
    IpAddress source,
    IpAddress sentTo,
    IpAddress destination,
    IpAddress repliesTo,
    boolean inZone,
    boolean tcp,
    Key key) {

  /** The original direction's tuple, with its zone, and the number of the entry. */
  record Key(int family, ByteBuffer originalTuple, Optional<ByteBuffer> id) {}

  /** Whether somebody translates its destination, as that of a Service. */
  boolean isRedirected() {
    return !sentTo.equals(destination);
  }
}
