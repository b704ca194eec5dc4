package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.GATEWAY;
import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.eventually;
import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with one object is said on it, and nothing else is disturbed. */
class BadInputIT {

  private static final String EXTRA = "extra.yaml";

  private static LocalCluster cluster;
  private static String floatingIp;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(LabSpec.of(2), Tests.quiet());
    floatingIp = Tests.applyMainJob(cluster);
    eventuallySeenAs(cluster.pod("alice-1"), Lab.MATCHED_DESTINATION, floatingIp);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void theMainJobWasNeverDisturbed() {
    assertThat(cluster.pod("alice-1").askSource(Lab.MATCHED_DESTINATION)).contains(floatingIp);
    cluster.delete(EXTRA);
    cluster.apply(Tests.GATEWAY_FILE, Tests.GATEWAY_YAML);
    Tests.awaitCondition(cluster, GATEWAY, "Ready", Truth.TRUE, "Ready");
  }

  private static void applyGateway(String entries) {
    cluster.apply(Tests.GATEWAY_FILE, Tests.GATEWAY_YAML.replace("10.40.1.102", entries));
  }

  private static Condition gatewayIsNotReady(String reason) {
    return Tests.awaitCondition(cluster, GATEWAY, "Ready", Truth.FALSE, reason);
  }

  private static void applyPolicy(String name, String spec) {
    cluster.apply(
        EXTRA,
        """
        apiVersion: networking.gke.io/v1
        kind: EgressNATPolicy
        metadata: {name: %s}
        spec:
          sources:
          - namespaceSelector: {matchLabels: {user: other}}
          destinations:
          - cidr: 203.0.113.0/24
          %s
        """
            .formatted(name, spec));
  }

  private static Condition policyIsRefused(String name, String reason) {
    return Tests.awaitCondition(cluster, ObjectId.policy(name), "Ready", Truth.FALSE, reason);
  }

  @Test
  void anIpThatIsNone() {
    applyGateway("10.40.1.302");
    assertThat(gatewayIsNotReady("InvalidFloatingIP").message())
        .contains("spec.floatingIPs[2]")
        .contains("10.40.1.302");
  }

  @Test
  void anIpOutsideEveryNodesSubnet() {
    applyGateway("192.168.7.7");
    assertThat(
            Tests.awaitCondition(
                    cluster, GATEWAY, "AddressesAssigned", Truth.FALSE, "OutsideSubnets")
                .message())
        .contains("192.168.7.7")
        .contains("10.40.0.0/16");
  }

  @Test
  void anIpEqualToANodesAddress() {
    applyGateway(cluster.spec().nodeAddress("node-2"));
    assertThat(gatewayIsNotReady("FloatingIPIsNodeAddress").message())
        .contains(cluster.spec().nodeAddress("node-2"))
        .contains("node-2");
  }

  @Test
  void theSameIpInTwoGateways() {
    cluster.apply(
        EXTRA,
        """
        apiVersion: networking.gke.io/v1
        kind: NetworkGatewayGroup
        metadata: {namespace: kube-system, name: second}
        spec:
          floatingIPs: [10.40.1.101, 10.40.1.110]
        """);
    Condition condition =
        Tests.awaitCondition(
            cluster,
            new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "kube-system", "second"),
            "Ready",
            Truth.FALSE,
            "FloatingIPInUse");
    assertThat(condition.message()).contains("10.40.1.101").contains("default");
    cluster.awaitCarrier("10.40.1.110", LIMIT, _ -> true);
  }

  @Test
  void aPolicyWithAnUnknownGateway() {
    applyPolicy("lost", "gatewayRef: {name: nowhere, namespace: kube-system}");
    assertThat(policyIsRefused("lost", "UnknownGateway").message())
        .contains("nowhere")
        .contains("default");
  }

  @Test
  void aPolicyWithAnAddressThatAnotherPolicyHas() {
    applyPolicy("greedy", "egressSourceIP: " + floatingIp);
    assertThat(policyIsRefused("greedy", "EgressIPInUse").message()).contains(Tests.POLICY);
  }

  @Test
  void aPolicyWithAnAddressThatNoGatewayHas() {
    applyPolicy("dreamer", "egressSourceIP: 10.40.9.9");
    assertThat(policyIsRefused("dreamer", "NotAFloatingIP").message()).contains("10.40.9.9");
  }

  @Test
  void aPolicyWhoseStructureIsWrong() {
    applyPolicy("bent", "action: Sometimes");
    assertThat(policyIsRefused("bent", "Malformed").message())
        .contains("spec.action")
        .contains("Sometimes");
  }

  @Test
  void anUnparsableManifestFile() {
    cluster.apply(EXTRA, "kind: EgressNATPolicy\n  metadata: [\n");
    Condition condition =
        Tests.awaitCondition(
            cluster,
            new ObjectId(Kind.MANIFEST_FILE, "", EXTRA),
            "Ready",
            Truth.FALSE,
            "Unparsable");
    assertThat(condition.message()).contains("line");
  }

  @Test
  void aRecordThatDoesNotDecode() throws Exception {
    RecordMetadata resource = sendGarbage(Topics.RESOURCES.name());
    RecordMetadata assignment = sendGarbage(Topics.ASSIGNMENTS.name());
    eventually("the allocator names the record it left out")
        .until(() -> mentions(cluster.allocator().log(), resource));
    eventually("each agent names the record it left out")
        .until(() ->
            mentions(cluster.agent("node-1").log(), assignment)
                && mentions(cluster.agent("node-2").log(), assignment));
    applyGateway("10.40.1.105");
    cluster.awaitCarrier("10.40.1.105", LIMIT, _ -> true);
  }

  private static RecordMetadata sendGarbage(String topic) throws Exception {
    byte[] garbage = "not Avro".getBytes(StandardCharsets.UTF_8);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", LocalCluster.BOOTSTRAP_SERVERS),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, 0, garbage, garbage)).get();
    }
  }

  private static boolean mentions(Path log, RecordMetadata record) throws IOException {
    return Files.readAllLines(log).stream()
        .anyMatch(
            line -> line.contains(record.topic()) && line.contains(Long.toString(record.offset())));
  }
}
