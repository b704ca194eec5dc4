package io.sluice.cli;

import io.sluice.kafka.TopicRecord;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.Cidr;
import io.sluice.model.ClusterScoped;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.util.List;
import java.util.Optional;

/** Records as the topics would have them. */
public final class TestRecords {

  private static final String CLUSTER = "local";

  private TestRecords() {}

  public static TopicRecord<?, ?> granted(String ip, String node, long epoch) {
    return record(
        Topics.ASSIGNMENTS,
        new AssignmentKey(CLUSTER, IpAddress.parse(ip)),
        new Assignment(
            Assignment.State.GRANTED,
            Optional.of(new Holder(node, 1, List.of(InterfaceAddress.parse("10.40.0.11/16")))),
            epoch,
            Optional.empty(),
            LeaseMode.AVAILABLE,
            17,
            "first placement"),
        0);
  }

  public static TopicRecord<?, ?> report(String node, String ip, long epoch, AppliedState state) {
    return report(node, ip, epoch, state, 0);
  }

  static TopicRecord<?, ?> report(
      String node, String ip, long epoch, AppliedState state, long timestampMillis) {
    return record(
        Topics.AGENTS,
        new NodeKey(CLUSTER, node),
        new AgentReport(
            "instance",
            1,
            "0.1.0",
            new Nic("eth0", "02:00:00:00:00:01", List.of(InterfaceAddress.parse("10.40.0.11/16"))),
            List.of(new Applied(IpAddress.parse(ip), epoch, state)),
            Optional.empty()),
        timestampMillis);
  }

  public static TopicRecord<?, ?> policyBinding(String policy, String ip) {
    return record(
        Topics.BINDINGS,
        new BindingKey(CLUSTER, new BindingId.OfPolicy(policy)),
        new Binding.OfPolicy(
            0,
            Policy.Action.SNAT,
            List.of(Cidr.parse("203.0.113.0/24")),
            List.of(IpAddress.parse(ip))),
        0);
  }

  public static TopicRecord<?, ?> policyBindingDeleted(String policy) {
    return record(
        Topics.BINDINGS, new BindingKey(CLUSTER, new BindingId.OfPolicy(policy)), null, 0);
  }

  static TopicRecord<?, ?> podBinding(String policy, String namespace, String pod) {
    return record(
        Topics.BINDINGS,
        new BindingKey(CLUSTER, new BindingId.OfPod(policy, namespace, pod)),
        new Binding.OfPod(List.of(IpAddress.parse("10.244.1.10")), "node-1"),
        0);
  }

  static TopicRecord<?, ?> resource(ObjectId id, Resource resource) {
    return record(Topics.RESOURCES, new ObjectKey(CLUSTER, id), resource, 0);
  }

  static TopicRecord<?, ?> status(ObjectId id, StatusKey.Author author, Status status) {
    return record(Topics.STATUS, new StatusKey(CLUSTER, id, author), status, 0);
  }

  static TopicRecord<?, ?> silent(String node, long timeMillis) {
    return record(
        Topics.AUDIT,
        new AuditKey(CLUSTER, AuditKey.Stream.ALLOCATION),
        new AuditEntry(
            18,
            AuditEntry.Cause.tick(timeMillis),
            timeMillis,
            List.of(
                new StateChange.LivenessChanged(node, StateChange.Liveness.SILENT, 1, timeMillis))),
        timeMillis);
  }

  private static <K extends ClusterScoped, V> TopicRecord<K, V> record(
      Topic<K, V> topic, K key, V valueOrNull, long timestampMillis) {
    return new TopicRecord<>(topic, 0, 0, timestampMillis, key, Optional.ofNullable(valueOrNull));
  }
}
