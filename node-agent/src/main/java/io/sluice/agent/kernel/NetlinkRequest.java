package io.sluice.agent.kernel;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * One message to the kernel.
 *
 * @param message it with its header (struct nlmsghdr); sequence and port are filled in when it is
 *     sent
 * @param asked what it asks for, as the command a person would type
 * @param tolerated errors that mean the kernel is already as it should be
 */
record NetlinkRequest(ByteBuffer message, String asked, Set<Errno> tolerated) {

  NetlinkRequest {
    tolerated = Set.copyOf(tolerated);
  }

  NetlinkRequest(ByteBuffer message, String asked) {
    this(message, asked, Set.of());
  }

  NetlinkRequest tolerating(Errno... errors) {
    return new NetlinkRequest(message, asked, Set.of(errors));
  }
}
