package io.sluice.schemas;

import io.sluice.model.Cidr;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.protocol.CidrRecord;
import io.sluice.protocol.InterfaceAddressRecord;
import io.sluice.protocol.LabelSelectorRecord;
import io.sluice.protocol.MetadataRecord;
import io.sluice.protocol.ObjectIdRecord;
import io.sluice.protocol.RequirementRecord;
import io.sluice.protocol.SelectorOperator;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** What several records have in common. */
final class Fields {

  private Fields() {}

  static ByteBuffer address(IpAddress address) {
    return ByteBuffer.wrap(address.toBytes());
  }

  static IpAddress address(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return IpAddress.ofBytes(copy);
  }

  static List<ByteBuffer> addressesToRecords(List<IpAddress> addresses) {
    return each(addresses, Fields::address);
  }

  static List<IpAddress> addressesFromRecords(List<ByteBuffer> addresses) {
    return each(addresses, Fields::address);
  }

  static InterfaceAddressRecord interfaceAddress(InterfaceAddress address) {
    return new InterfaceAddressRecord(address(address.address()), address.prefixLength());
  }

  static InterfaceAddress interfaceAddress(InterfaceAddressRecord avro) {
    return new InterfaceAddress(address(avro.getAddress()), avro.getPrefixLength());
  }

  static CidrRecord cidr(Cidr cidr) {
    return new CidrRecord(address(cidr.network()), cidr.prefixLength());
  }

  static Cidr cidr(CidrRecord avro) {
    return new Cidr(address(avro.getNetwork()), avro.getPrefixLength());
  }

  static MetadataRecord metadata(Metadata metadata) {
    return new MetadataRecord(
        metadata.uid(),
        metadata.resourceVersion(),
        metadata.generation(),
        Instant.ofEpochMilli(metadata.createdAtMillis()));
  }

  static Metadata metadata(MetadataRecord avro) {
    return new Metadata(
        avro.getUid(),
        avro.getResourceVersion(),
        avro.getGeneration(),
        avro.getCreatedAt().toEpochMilli());
  }

  static LabelSelectorRecord selector(LabelSelector selector) {
    return new LabelSelectorRecord(
        sorted(selector.matchLabels()), each(selector.matchExpressions(), Fields::requirement));
  }

  static LabelSelector selector(LabelSelectorRecord avro) {
    return new LabelSelector(
        avro.getMatchLabels(), each(avro.getMatchExpressions(), Fields::requirement));
  }

  private static RequirementRecord requirement(LabelSelector.Requirement requirement) {
    return new RequirementRecord(
        requirement.key(),
        sameName(SelectorOperator.class, requirement.operator()),
        requirement.values());
  }

  private static LabelSelector.Requirement requirement(RequirementRecord avro) {
    return new LabelSelector.Requirement(
        avro.getKey(),
        sameName(LabelSelector.Operator.class, avro.getOperator()),
        avro.getValues());
  }

  static ObjectIdRecord objectId(ObjectId id) {
    return new ObjectIdRecord(id.kind().toString(), id.namespace(), id.name());
  }

  static ObjectId objectId(ObjectIdRecord avro) {
    return objectId(avro.getKind(), avro.getNamespace(), avro.getName());
  }

  static ObjectId objectId(String kind, String namespace, String name) {
    return new ObjectId(Kind.parse(kind), namespace, name);
  }

  /** The constant of the other enum: the protocol's enums carry the names of the model's. */
  static <E extends Enum<E>> E sameName(Class<E> type, Enum<?> constant) {
    return Enum.valueOf(type, constant.name());
  }

  /** The map in the order of its keys: one value must always be written as the same bytes. */
  static SortedMap<String, String> sorted(Map<String, String> map) {
    return new TreeMap<>(map);
  }

  static <A, B> List<B> each(List<A> list, Function<? super A, ? extends B> translation) {
    return list.stream().<B>map(translation).toList();
  }

  /** The schema allows one of a union's branches only, so this is a mistake of ours. */
  static IllegalArgumentException unexpected(Object content) {
    return new IllegalArgumentException("a union holds " + content.getClass().getName());
  }
}
