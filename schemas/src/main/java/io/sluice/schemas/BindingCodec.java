package io.sluice.schemas;

import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import io.sluice.model.Policy;
import io.sluice.protocol.ActionName;
import io.sluice.protocol.BindingRecord;
import io.sluice.protocol.CidrRecord;
import io.sluice.protocol.ClearanceRecord;
import io.sluice.protocol.ClusterNetworksRecord;
import io.sluice.protocol.PodBindingRecord;
import io.sluice.protocol.PolicyBindingRecord;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

final class BindingCodec implements Codec<Binding, BindingRecord> {

  @Override
  public Class<BindingRecord> recordType() {
    return BindingRecord.class;
  }

  @Override
  public BindingRecord toRecord(Binding binding) {
    Object content =
        switch (binding) {
          case Binding.OfPolicy of -> policy(of);
          case Binding.OfPod of ->
              new PodBindingRecord(Fields.addressesToRecords(of.podIps()), of.node());
          case Binding.Clearance of ->
              new ClearanceRecord(Fields.addressesToRecords(of.podIps()), of.node());
          case Binding.ClusterNetworks of -> networks(of);
        };
    return new BindingRecord(content);
  }

  @Override
  public Binding fromRecord(BindingRecord avro) {
    return switch (avro.getContent()) {
      case PolicyBindingRecord of -> policy(of);
      case PodBindingRecord of ->
          new Binding.OfPod(Fields.addressesFromRecords(of.getPodIps()), of.getNode());
      case ClearanceRecord of ->
          new Binding.Clearance(Fields.addressesFromRecords(of.getPodIps()), of.getNode());
      case ClusterNetworksRecord of -> networks(of);
      case Object other -> throw Fields.unexpected(other);
    };
  }

  /** Programs that know of no leak guard read all but what is for it. */
  @Override
  public OptionalInt oldestVersion(Binding binding) {
    return switch (binding) {
      case Binding.OfPolicy _, Binding.OfPod _ -> OptionalInt.of(1);
      case Binding.ClusterNetworks of ->
          of.guardedPods().isEmpty() ? OptionalInt.of(1) : OptionalInt.empty();
      case Binding.Clearance _ -> OptionalInt.empty();
    };
  }

  private static PolicyBindingRecord policy(Binding.OfPolicy of) {
    return new PolicyBindingRecord(
        Instant.ofEpochMilli(of.createdAtMillis()),
        Fields.sameName(ActionName.class, of.action()),
        Fields.each(of.destinations(), Fields::cidr),
        Fields.addressesToRecords(of.egressIps()));
  }

  private static Binding.OfPolicy policy(PolicyBindingRecord avro) {
    return new Binding.OfPolicy(
        avro.getCreatedAt().toEpochMilli(),
        Fields.sameName(Policy.Action.class, avro.getAction()),
        Fields.each(avro.getDestinations(), Fields::cidr),
        Fields.addressesFromRecords(avro.getEgressIps()));
  }

  /** In the order of the nodes: one value must always be written as the same bytes. */
  private static ClusterNetworksRecord networks(Binding.ClusterNetworks of) {
    SortedMap<String, List<CidrRecord>> guardedPods = new TreeMap<>();
    of.guardedPods()
        .forEach((node, pods) -> guardedPods.put(node, Fields.each(pods, Fields::cidr)));
    return new ClusterNetworksRecord(Fields.each(of.networks(), Fields::cidr), guardedPods);
  }

  private static Binding.ClusterNetworks networks(ClusterNetworksRecord avro) {
    SortedMap<String, List<Cidr>> guardedPods = new TreeMap<>();
    avro.getGuardedPods()
        .forEach((node, pods) -> guardedPods.put(node, Fields.each(pods, Fields::cidr)));
    return new Binding.ClusterNetworks(Fields.each(avro.getNetworks(), Fields::cidr), guardedPods);
  }
}
