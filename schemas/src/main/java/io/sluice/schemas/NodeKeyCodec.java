package io.sluice.schemas;

import io.sluice.model.NodeKey;
import io.sluice.protocol.NodeKeyRecord;

final class NodeKeyCodec implements Codec<NodeKey, NodeKeyRecord> {

  @Override
  public Class<NodeKeyRecord> recordType() {
    return NodeKeyRecord.class;
  }

  @Override
  public NodeKeyRecord toRecord(NodeKey key) {
    return new NodeKeyRecord(key.cluster(), key.node());
  }

  @Override
  public NodeKey fromRecord(NodeKeyRecord avro) {
    return new NodeKey(avro.getCluster(), avro.getNode());
  }
}
