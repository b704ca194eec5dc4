package io.sluice.schemas;

import io.sluice.model.Gateway;
import io.sluice.model.LeaseMode;
import io.sluice.model.MalformedResource;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.protocol.ActionName;
import io.sluice.protocol.FailbackMode;
import io.sluice.protocol.FieldErrorRecord;
import io.sluice.protocol.GatewayRecord;
import io.sluice.protocol.GatewayRefRecord;
import io.sluice.protocol.LeaseModeName;
import io.sluice.protocol.MalformedRecord;
import io.sluice.protocol.NodeRecord;
import io.sluice.protocol.PolicyRecord;
import io.sluice.protocol.ResourceRecord;
import io.sluice.protocol.SourceRecord;
import java.util.Optional;

final class ResourceCodec implements Codec<Resource, ResourceRecord> {

  @Override
  public Class<ResourceRecord> recordType() {
    return ResourceRecord.class;
  }

  @Override
  public ResourceRecord toRecord(Resource resource) {
    Object content =
        switch (resource) {
          case Gateway gateway -> gateway(gateway);
          case Policy policy -> policy(policy);
          case Node node -> node(node);
          case MalformedResource malformed -> malformed(malformed);
        };
    return new ResourceRecord(Fields.metadata(resource.metadata()), content);
  }

  @Override
  public Resource fromRecord(ResourceRecord avro) {
    Metadata metadata = Fields.metadata(avro.getMetadata());
    return switch (avro.getContent()) {
      case GatewayRecord gateway -> gateway(metadata, gateway);
      case PolicyRecord policy -> policy(metadata, policy);
      case NodeRecord node -> node(metadata, node);
      case MalformedRecord malformed -> malformed(metadata, malformed);
      case Object other -> throw Fields.unexpected(other);
    };
  }

  private static GatewayRecord gateway(Gateway gateway) {
    return new GatewayRecord(
        gateway.floatingIps(),
        gateway.nodeSelector().map(Fields::selector).orElse(null),
        Fields.sameName(FailbackMode.class, gateway.failback()),
        Fields.sameName(LeaseModeName.class, gateway.leaseMode()));
  }

  private static Gateway gateway(Metadata metadata, GatewayRecord avro) {
    return new Gateway(
        metadata,
        avro.getFloatingIps(),
        Optional.ofNullable(avro.getNodeSelector()).map(Fields::selector),
        Fields.sameName(Gateway.Failback.class, avro.getFailback()),
        Fields.sameName(LeaseMode.class, avro.getLeaseMode()));
  }

  private static PolicyRecord policy(Policy policy) {
    return new PolicyRecord(
        Fields.each(policy.sources(), ResourceCodec::source),
        Fields.sameName(ActionName.class, policy.action()),
        policy.destinations(),
        policy.egressSourceIp().orElse(null),
        policy
            .gatewayRef()
            .map(reference -> new GatewayRefRecord(reference.namespace(), reference.name()))
            .orElse(null),
        policy.shareEgressIp());
  }

  private static Policy policy(Metadata metadata, PolicyRecord avro) {
    return new Policy(
        metadata,
        Fields.each(avro.getSources(), ResourceCodec::source),
        Fields.sameName(Policy.Action.class, avro.getAction()),
        avro.getDestinations(),
        Optional.ofNullable(avro.getEgressSourceIp()),
        Optional.ofNullable(avro.getGatewayRef())
            .map(reference -> new Policy.GatewayRef(reference.getNamespace(), reference.getName())),
        avro.getShareEgressIp());
  }

  private static SourceRecord source(Policy.Source source) {
    return new SourceRecord(
        Fields.selector(source.namespaceSelector()), Fields.selector(source.podSelector()));
  }

  private static Policy.Source source(SourceRecord avro) {
    return new Policy.Source(
        Fields.selector(avro.getNamespaceSelector()), Fields.selector(avro.getPodSelector()));
  }

  private static NodeRecord node(Node node) {
    return new NodeRecord(
        Fields.sorted(node.labels()),
        node.addresses(),
        node.podCidrs(),
        node.ready(),
        node.unschedulable());
  }

  private static Node node(Metadata metadata, NodeRecord avro) {
    return new Node(
        metadata,
        avro.getLabels(),
        avro.getAddresses(),
        avro.getPodCidrs(),
        avro.getReady(),
        avro.getUnschedulable());
  }

  private static MalformedRecord malformed(MalformedResource malformed) {
    return new MalformedRecord(
        Fields.each(
            malformed.errors(), error -> new FieldErrorRecord(error.field(), error.message())));
  }

  private static MalformedResource malformed(Metadata metadata, MalformedRecord avro) {
    return new MalformedResource(
        metadata,
        Fields.each(
            avro.getErrors(),
            error -> new MalformedResource.FieldError(error.getField(), error.getMessage())));
  }
}
