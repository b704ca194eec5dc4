package io.sluice.model;

import java.util.Comparator;

/**
 * Names an object within its cluster.
 *
 * @param namespace the namespace, empty for cluster-scoped kinds
 */
public record ObjectId(Kind kind, String namespace, String name) implements Comparable<ObjectId> {

  private static final Comparator<ObjectId> ORDER =
      Comparator.comparing(ObjectId::kind)
          .thenComparing(ObjectId::namespace)
          .thenComparing(ObjectId::name);

  public ObjectId {
    if (kind.namespaced() == namespace.isEmpty()) {
      throw new IllegalArgumentException(
          kind + (kind.namespaced() ? " needs a namespace" : " has no namespace"));
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException(kind + " needs a name");
    }
  }

  public static ObjectId policy(String name) {
    return new ObjectId(Kind.EGRESS_NAT_POLICY, "", name);
  }

  public static ObjectId node(String name) {
    return new ObjectId(Kind.NODE, "", name);
  }

  public static ObjectId namespace(String name) {
    return new ObjectId(Kind.NAMESPACE, "", name);
  }

  public static ObjectId pod(String namespace, String name) {
    return new ObjectId(Kind.POD, namespace, name);
  }

  @Override
  public int compareTo(ObjectId other) {
    return ORDER.compare(this, other);
  }

  /** {@code Kind namespace/name}, or {@code Kind name}. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
  }
}
