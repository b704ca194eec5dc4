package io.sluice.secured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.kafka.AgentTopics;
import io.sluice.agent.kafka.Beats;
import io.sluice.agent.kafka.DecisionFeed;
import io.sluice.agent.kafka.Reports;
import io.sluice.cli.acls.ComponentAcls;
import io.sluice.kafka.Component;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.Refusal;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.BindingId;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.schemas.Topics;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.ResourcePattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/**
 * The programs' own clients against a broker that asks for everything: with exactly the rights that
 * {@code sluice acls} prints they do their whole job, and without them they say what is missing.
 */
class SecuredKafkaTest {

  private static final String CLUSTER = "production";
  private static final IpAddress FLOATING_IP = IpAddress.parse("10.40.1.100");
  private static final Duration LEASE = Duration.ofMillis(400);
  private static final Duration BEAT = Duration.ofMillis(100);

  private static final String MANIFESTS =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: node-1, uid: n1}
      status:
        addresses: [{type: InternalIP, address: 10.40.0.11}]
        conditions: [{type: Ready, status: "True"}]
      ---
      apiVersion: v1
      kind: Namespace
      metadata: {name: alice, uid: a1, labels: {team: alice}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-0, namespace: alice, uid: p1}
      spec: {nodeName: node-1}
      status: {phase: Running, podIPs: [{ip: 10.244.1.5}]}
      ---
      apiVersion: networking.gke.io/v1
      kind: NetworkGatewayGroup
      metadata: {name: default, namespace: kube-system, uid: g1}
      spec: {floatingIPs: [10.40.1.100]}
      ---
      apiVersion: networking.gke.io/v1
      kind: EgressNATPolicy
      metadata: {name: shop, uid: e1}
      spec:
        sources: [{namespaceSelector: {matchLabels: {team: alice}}}]
        action: SNAT
        destinations: [{cidr: 203.0.113.0/24}]
      """;

  @TempDir static Path directory;

  private static Certificates certificates;
  private static Certificates strangers;
  private static SecuredBroker broker;
  private static Path manifests;
  private static Path statuses;

  @Command
  static final class Options {
    @Mixin KafkaOptions kafka;
  }

  @BeforeAll
  static void startTheBroker() throws Exception {
    certificates = new Certificates(directory.resolve("ca"), "authority");
    strangers = new Certificates(directory.resolve("strangers"), "somebody else");
    broker =
        new SecuredBroker(
            directory,
            certificates,
            List.of("admin", "watcher", "allocator", "auditor", "half-a-watcher", "groupless"));
    statuses = directory.resolve("status");
    manifests = Files.createDirectory(directory.resolve("manifests"));
    Files.writeString(manifests.resolve("cluster.yaml"), MANIFESTS);
    allow(Component.WATCHER, "watcher", _ -> true);
    allow(Component.ALLOCATOR, "allocator", _ -> true);
    allow(Component.AGENT, "node-1", _ -> true);
    allow(Component.CLI, "auditor", _ -> true);
    // The topics, so that those who lack a right meet the right that they lack.
    try (ChildProgram allocator = allocator(broker.login("allocator"))) {
      awaitOutput(allocator, "ready");
      assertThat(allocator.terminate()).as(allocator.output()).isZero();
    }
  }

  @AfterAll
  static void stopTheBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  /** Grants what the command prints, as far as the resource is wanted. */
  private static void allow(Component component, String user, Predicate<ResourcePattern> resources)
      throws Exception {
    List<AclBinding> bindings =
        new ComponentAcls(CLUSTER, "sluice")
            .bindings(component, "User:" + user).stream()
                .filter(binding -> resources.test(binding.pattern()))
                .toList();
    try (Admin admin = Admin.create(broker.login("admin"))) {
      admin.createAcls(bindings).all().get(30, TimeUnit.SECONDS);
    }
  }

  private static Path file(Properties client) {
    try {
      Path file = Files.createTempFile(directory, "client", ".properties");
      try (Writer writer = Files.newBufferedWriter(file)) {
        client.store(writer, null);
      }
      return file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> kafka(Properties client) {
    return List.of("--cluster", CLUSTER, "--kafka-config", file(client).toString());
  }

  private static ChildProgram allocator(Properties client) {
    List<String> arguments = new ArrayList<>(kafka(client));
    arguments.addAll(List.of("--operations-address", "none"));
    arguments.addAll(
        List.of("--state-dir", directory.resolve("state-" + arguments.hashCode()).toString()));
    return ChildProgram.start(
        directory, "io.sluice.allocator.Main", arguments, Map.of("SLUICE_LOG_FORMAT", "json"));
  }

  private static ChildProgram watcher(Properties client) {
    List<String> arguments = new ArrayList<>(List.of("manifests"));
    arguments.addAll(List.of("--directory", manifests.toString()));
    arguments.addAll(List.of("--status-dir", statuses.toString()));
    arguments.addAll(kafka(client));
    arguments.addAll(List.of("--operations-address", "none"));
    return ChildProgram.start(directory, "io.sluice.watcher.Main", arguments);
  }

  private static AgentTopics agent(Properties client) {
    Options options =
        CommandLine.populateCommand(new Options(), kafka(client).toArray(String[]::new));
    return new AgentTopics(options.kafka, "node-1", BEAT);
  }

  private static void awaitOutput(ChildProgram program, String text) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .failFast(() -> assertThat(program.isAlive()).as(program.output()).isTrue())
        .until(() -> program.output().contains(text));
  }

  @Test
  void theWholeJobIsDoneWithExactlyThePrintedRights() throws Exception {
    AgentTopics topics = agent(broker.certificate(certificates.keyStore("node-1")));
    Map<IpAddress, Assignment> assignments = new HashMap<>();
    Queue<BindingId> bindings = new ConcurrentLinkedQueue<>();
    Queue<Input> acknowledged = new ConcurrentLinkedQueue<>();
    try (ChildProgram watcher = watcher(broker.login("watcher"));
        ChildProgram allocator = allocator(broker.login("allocator"));
        TopicWriter writer = topics.openWriter();
        Reports reports = new Reports(topics.delivery(writer, Topics.AGENTS));
        Beats beats =
            new Beats(
                "agent",
                BEAT,
                LEASE,
                topics.delivery(writer, Topics.HEARTBEATS),
                input -> {
                  if (input instanceof Input.BeatAcknowledged) {
                    acknowledged.add(input);
                  }
                },
                System::nanoTime,
                System::nanoTime,
                System::nanoTime);
        DecisionFeed feed =
            new DecisionFeed(
                "node-1",
                topics::openDecisions,
                input -> {
                  switch (input) {
                    case Input.TopicsRead read -> {
                      assignments.putAll(read.assignments());
                      bindings.addAll(read.bindings().keySet());
                    }
                    case Input.AssignmentRead(var ip, var assignment) ->
                        assignments.put(ip, assignment.orElseThrow());
                    case Input.BindingRead(var id, _) -> bindings.add(id);
                    case Input other -> throw new AssertionError(other);
                  }
                })) {
      feed.start();
      reports.start();
      reports.accept(
          new AgentReport(
              "agent",
              1,
              "test",
              new AgentReport.Nic(
                  "eth0", "02:00:00:00:00:01", List.of(InterfaceAddress.parse("10.40.0.11/16"))),
              List.of(),
              Optional.empty()));
      beats.start();
      beats.accept(new BeatOrder(1, Intent.RUNNING));

      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(() -> {
            assertThat(acknowledged).as("the agent beats").isNotEmpty();
            assertThat(assignments.get(FLOATING_IP))
                .as(
                    "allocation decides; watcher: %s, allocator: %s",
                    watcher.output(), allocator.output())
                .isNotNull()
                .returns(Assignment.State.GRANTED, Assignment::state);
            assertThat(bindings)
                .as("selection decides")
                .contains(new BindingId.OfPod("shop", "alice", "web-0"));
          });
      Awaitility.await("events are told")
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.exists(statuses.resolve("events.log")));
      List<String> status = new ArrayList<>(List.of("status", "--output", "json"));
      status.addAll(kafka(broker.login("auditor")));
      try (ChildProgram cli = ChildProgram.start(directory, "io.sluice.cli.Main", status)) {
        assertThat(cli.exitCode()).as(cli.output()).isZero();
        assertThat(cli.output()).contains("10.40.1.100").contains("node-1").contains("shop");
      }
      assertThat(decision(allocator.output(), FLOATING_IP.toString()))
          .as("a decision, to be found by its fields")
          .containsEntry("cluster", CLUSTER)
          .containsEntry("node", "node-1")
          .containsEntry("epoch", "1")
          .containsEntry("session", "1");
      assertThat(watcher.terminate()).as(watcher.output()).isZero();
      assertThat(allocator.terminate()).as(allocator.output()).isZero();
    }
  }

  /** The fields of the JSON line of a decision about this address. */
  private static Map<String, String> decision(String log, String floatingIp) {
    return log.lines()
        .filter(line -> line.startsWith("{"))
        .map(line -> JsonMapper.shared().readTree(line))
        .map(line -> {
          Map<String, String> fields = new HashMap<>();
          line.path("kvpList")
              .forEach(field ->
                  field
                      .propertyStream()
                      .forEach(entry -> fields.put(entry.getKey(), entry.getValue().asString())));
          return fields;
        })
        .filter(fields -> floatingIp.equals(fields.get("floatingIp")))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  @Test
  void aWrongPasswordEndsAProgramThatSaysSo() throws Exception {
    Properties wrong = broker.login("allocator", "guessed", certificates);
    try (ChildProgram allocator = allocator(wrong);
        ChildProgram watcher = watcher(wrong)) {
      assertThat(allocator.exitCode()).isEqualTo(1);
      assertThat(allocator.output()).contains("Kafka refuses the login");
      assertThat(watcher.exitCode()).isEqualTo(1);
      assertThat(watcher.output()).contains("Kafka refuses the login");
    }
    assertThatThrownBy(() -> agent(wrong).openDecisions().close())
        .satisfies(failure ->
            assertThat(Refusal.of(failure).orElseThrow()).contains("Kafka refuses the login"));
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    Properties unknown = broker.certificate(strangers.keyStore("node-1"));
    assertThatThrownBy(() -> agent(unknown).openDecisions().close())
        .satisfies(failure ->
            assertThat(Refusal.of(failure).orElseThrow()).contains("no TLS connection with Kafka"));
  }

  @Test
  void aBrokerOfAnotherAuthorityIsNotTrusted() throws Exception {
    Properties mistrusting = broker.login("watcher", SecuredBroker.password("watcher"), strangers);
    try (ChildProgram watcher = watcher(mistrusting)) {
      assertThat(watcher.exitCode()).isEqualTo(1);
      assertThat(watcher.output())
          .contains("no TLS connection with Kafka")
          .contains("ssl.truststore");
    }
  }

  @Test
  void whoMayNotWriteATopicSaysWhichAndEnds() throws Exception {
    allow(
        Component.WATCHER,
        "half-a-watcher",
        resource -> !resource.name().equals(Topics.WORKLOADS.name()));
    try (ChildProgram watcher = watcher(broker.login("half-a-watcher"))) {
      assertThat(watcher.exitCode()).isEqualTo(1);
      assertThat(watcher.output())
          .contains("does not allow this client to use the topics [sluice.workloads]");
    }
  }

  @Test
  void whoMayNotJoinTheGroupSaysWhichAndEnds() throws Exception {
    allow(
        Component.ALLOCATOR, "groupless", resource -> !resource.name().equals("sluice-selection"));
    try (ChildProgram allocator = allocator(broker.login("groupless"))) {
      assertThat(allocator.exitCode()).isEqualTo(1);
      assertThat(allocator.output())
          .contains("does not allow this client to join the consumer group sluice-selection");
    }
  }

  @Test
  void anAgentMayNotDecide() throws Exception {
    AgentTopics topics = agent(broker.certificate(certificates.keyStore("node-1")));
    try (TopicWriter writer = topics.openWriter()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThatThrownBy(() ->
                      writer
                          .send(Topics.ASSIGNMENTS, new AssignmentKey(CLUSTER, FLOATING_IP), null)
                          .get())
                  .satisfies(failure ->
                      assertThat(Refusal.of(failure).orElse("" + failure))
                          .contains("[sluice.assignments]")));
    }
  }
}
