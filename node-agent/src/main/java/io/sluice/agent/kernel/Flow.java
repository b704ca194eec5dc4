package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A connection as conntrack knows it.
 *
 * @param source who began it
 * @param destination whom it reaches, after destination NAT
 * @param repliesTo where replies come back to: the source its packets leave with
 * @param key what tells conntrack which one it is (CTA_TUPLE_ORIG and CTA_ID), in bytes
 */
record Flow(IpAddress source, IpAddress destination, IpAddress repliesTo, Key key) {

  /** The original direction's tuple and the number of the entry. */
  record Key(int family, ByteBuffer originalTuple, Optional<ByteBuffer> id) {}
}
