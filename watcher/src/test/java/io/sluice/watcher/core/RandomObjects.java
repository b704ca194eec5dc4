package io.sluice.watcher.core;

import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.MalformedResource;
import io.sluice.model.MalformedResource.FieldError;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Policy.Action;
import io.sluice.model.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Small worlds of objects, so that two of them have names, identities and contents in common. */
final class RandomObjects {

  private final Random random;

  RandomObjects(long seed) {
    this.random = new Random(seed);
  }

  SortedMap<ObjectId, Observed> world() {
    SortedMap<ObjectId, Observed> world = new TreeMap<>();
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      ObjectId id = id();
      world.put(id, object(id));
    }
    return world;
  }

  ObjectId id() {
    String name = "n" + random.nextInt(3);
    return switch (random.nextInt(5)) {
      case 0 -> new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", name);
      case 1 -> ObjectId.policy(name);
      case 2 -> ObjectId.node(name);
      case 3 -> ObjectId.namespace(name);
      default -> ObjectId.pod("a", name);
    };
  }

  Observed object(ObjectId id) {
    Metadata metadata =
        new Metadata("u" + random.nextInt(2), "v" + random.nextInt(3), random.nextInt(2), 7);
    Map<String, String> labels = Map.of("l", "x" + random.nextInt(2));
    if (!ApiType.of(id.kind()).isWorkload() && random.nextInt(6) == 0) {
      return new Observed.OfResource(
          new MalformedResource(metadata, List.of(new FieldError("spec", "is wrong"))));
    }
    return switch (id.kind()) {
      case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP ->
          new Observed.OfResource(
              new Gateway(
                  metadata,
                  List.of("10.0.0." + random.nextInt(2)),
                  Optional.empty(),
                  Failback.GRADUAL,
                  LeaseMode.AVAILABLE));
      case EGRESS_NAT_POLICY ->
          new Observed.OfResource(
              new Policy(
                  metadata,
                  List.of(),
                  Action.SNAT,
                  List.of("10.0." + random.nextInt(2) + ".0/24"),
                  Optional.empty(),
                  Optional.empty(),
                  random.nextBoolean()));
      case NODE ->
          new Observed.OfResource(
              new Node(metadata, labels, List.of(), List.of(), random.nextBoolean(), false));
      case NAMESPACE -> new Observed.OfWorkload(new Workload.Namespace(metadata, labels));
      case POD ->
          new Observed.OfWorkload(
              new Workload.Pod(
                  metadata,
                  labels,
                  List.of(new IpAddress(IpFamily.IPV4, 0, random.nextInt(2))),
                  "n",
                  false,
                  random.nextBoolean()));
      case MANIFEST_FILE -> throw new AssertionError();
    };
  }
}
