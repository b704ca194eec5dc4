package io.sluice.allocator.kafka;

import io.sluice.model.Gateway;
import io.sluice.model.Kind;
import io.sluice.model.MalformedResource;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import java.util.Optional;

/** The values of the resources topic. */
final class Resources {

  private Resources() {}

  /**
   * The object of this name; empty if it was deleted.
   *
   * @throws UnusableRecordException if the value is not of the kind that the name says
   */
  static Optional<Resource> of(ObjectId id, Object value) {
    if (value == null) {
      requireKind(id, isRead(id.kind()), "a tombstone");
      return Optional.empty();
    }
    Resource resource = (Resource) value;
    boolean fits =
        switch (resource) {
          case Gateway _ -> id.kind().isGateway();
          case Policy _ -> id.kind() == Kind.EGRESS_NAT_POLICY;
          case Node _ -> id.kind() == Kind.NODE;
          case MalformedResource _ -> isRead(id.kind());
        };
    requireKind(id, fits, "a " + resource.getClass().getSimpleName());
    return Optional.of(resource);
  }

  private static boolean isRead(Kind kind) {
    return switch (kind) {
      case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP, EGRESS_NAT_POLICY, NODE -> true;
      case NAMESPACE, POD, MANIFEST_FILE -> false;
    };
  }

  private static void requireKind(ObjectId id, boolean fits, String found) {
    if (!fits) {
      throw new UnusableRecordException(id + " cannot be " + found);
    }
  }
}
