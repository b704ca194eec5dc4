package io.sluice.schemas;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingKey;
import io.sluice.model.Heartbeat;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectKey;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.model.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;

/** The topics that the parts of Sluice share (design, section 2). */
public final class Topics {

  /**
   * The newest record of each key is kept. The segment being written is never compacted, so
   * segments are short-lived and small: a topic that is read from its beginning at every start must
   * not drag a week of history along.
   */
  private static final Map<String, String> COMPACTED =
      Map.of(
          CLEANUP_POLICY_CONFIG,
          CLEANUP_POLICY_COMPACT,
          MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
          "0.1",
          SEGMENT_MS_CONFIG,
          millis(Duration.ofHours(1)),
          SEGMENT_BYTES_CONFIG,
          String.valueOf(32 * 1024 * 1024));

  /** The broker's clock is the only one that counts beats, and old beats say nothing. */
  private static final Map<String, String> BEATS =
      Map.of(
          CLEANUP_POLICY_CONFIG,
          CLEANUP_POLICY_DELETE,
          RETENTION_MS_CONFIG,
          millis(Duration.ofHours(1)),
          SEGMENT_MS_CONFIG,
          millis(Duration.ofMinutes(10)),
          MESSAGE_TIMESTAMP_TYPE_CONFIG,
          "LogAppendTime");

  /** Whatever the broker's own defaults say, history is not thrown away. */
  private static final Map<String, String> KEPT_FOR_EVER =
      Map.of(
          CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE,
          RETENTION_MS_CONFIG, "-1",
          RETENTION_BYTES_CONFIG, "-1");

  private static final Serde<ObjectKey> OBJECT_KEY = new SingleObjectSerde<>(new ObjectKeyCodec());
  private static final Serde<NodeKey> NODE_KEY = new SingleObjectSerde<>(new NodeKeyCodec());
  private static final Serde<StateChange> STATE_CHANGE =
      new SingleObjectSerde<>(new StateChangeCodec());

  /** Gateways, policies and nodes as the API has them; a tombstone when deleted. */
  public static final Topic<ObjectKey, Resource> RESOURCES =
      new Topic<>(
          "sluice.resources", OBJECT_KEY, new SingleObjectSerde<>(new ResourceCodec()), COMPACTED);

  /** Namespaces and Pods as the API has them; a tombstone when deleted. */
  public static final Topic<ObjectKey, Workload> WORKLOADS =
      new Topic<>(
          "sluice.workloads", OBJECT_KEY, new SingleObjectSerde<>(new WorkloadCodec()), COMPACTED);

  /** Signs of life of the agents, stamped by the broker. */
  public static final Topic<NodeKey, Heartbeat> HEARTBEATS =
      new Topic<>(
          "sluice.heartbeats", NODE_KEY, new SingleObjectSerde<>(new HeartbeatCodec()), BEATS);

  /** What agents report of themselves. */
  public static final Topic<NodeKey, AgentReport> AGENTS =
      new Topic<>(
          "sluice.agents", NODE_KEY, new SingleObjectSerde<>(new AgentReportCodec()), COMPACTED);

  /** Where each floating IP is. */
  public static final Topic<AssignmentKey, Assignment> ASSIGNMENTS =
      new Topic<>(
          "sluice.assignments",
          new SingleObjectSerde<>(new AssignmentKeyCodec()),
          new SingleObjectSerde<>(new AssignmentCodec()),
          COMPACTED);

  /** What policies do, which Pods they match, and what lies inside the cluster. */
  public static final Topic<BindingKey, Binding> BINDINGS =
      new Topic<>(
          "sluice.bindings",
          new SingleObjectSerde<>(new BindingKeyCodec()),
          new SingleObjectSerde<>(new BindingCodec()),
          COMPACTED);

  /** What to show on objects. */
  public static final Topic<StatusKey, Status> STATUS =
      new Topic<>(
          "sluice.status",
          new SingleObjectSerde<>(new StatusKeyCodec()),
          new SingleObjectSerde<>(new StatusCodec()),
          COMPACTED);

  /** Every decision with its cause. */
  public static final Topic<AuditKey, AuditEntry> AUDIT =
      new Topic<>(
          "sluice.audit",
          new SingleObjectSerde<>(new AuditKeyCodec()),
          new SingleObjectSerde<>(new AuditCodec()),
          KEPT_FOR_EVER);

  private static final List<Topic<?, ?>> ALL =
      List.of(RESOURCES, WORKLOADS, HEARTBEATS, AGENTS, ASSIGNMENTS, BINDINGS, STATUS, AUDIT);

  private Topics() {}

  /** Every topic there is. */
  public static List<Topic<?, ?>> all() {
    return ALL;
  }

  /** For the allocator's state stores, which hold the newest change of every entity. */
  public static Serde<StateChange> stateChangeSerde() {
    STATE_CHANGE.configure(Map.of(), false);
    return STATE_CHANGE;
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toMillis());
  }
}
