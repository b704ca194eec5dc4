package io.sluice.schemas;

import io.sluice.model.Binding;
import io.sluice.model.Policy;
import io.sluice.protocol.ActionName;
import io.sluice.protocol.BindingRecord;
import io.sluice.protocol.ClusterNetworksRecord;
import io.sluice.protocol.PodBindingRecord;
import io.sluice.protocol.PolicyBindingRecord;
import java.time.Instant;

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
          case Binding.ClusterNetworks of ->
              new ClusterNetworksRecord(Fields.each(of.networks(), Fields::cidr));
        };
    return new BindingRecord(content);
  }

  @Override
  public Binding fromRecord(BindingRecord avro) {
    return switch (avro.getContent()) {
      case PolicyBindingRecord of -> policy(of);
      case PodBindingRecord of ->
          new Binding.OfPod(Fields.addressesFromRecords(of.getPodIps()), of.getNode());
      case ClusterNetworksRecord of ->
          new Binding.ClusterNetworks(Fields.each(of.getNetworks(), Fields::cidr));
      case Object other -> throw Fields.unexpected(other);
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
}
