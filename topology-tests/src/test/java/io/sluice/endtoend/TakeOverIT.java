package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Program;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.schemas.AdminAnswer;
import io.sluice.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Of two allocators one dies, or is taken for dead; the other goes on, and readers with it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TakeOverIT {

  /** Far beyond what the tests wait for: that nobody but the heir ends a dead one's transaction. */
  private static final List<String> ENDLESS_TRANSACTIONS =
      List.of("--transaction-timeout-millis", "600000");

  private static final String APPLICATION = "sluice-allocation-";
  private static final int MOST_TRIES = 200;

  private static LocalCluster cluster;
  private static Admin admin;
  private static int ghosts;

  @BeforeAll
  static void start() {
    cluster =
        LocalCluster.start(
            LabSpec.of(2)
                .withSettings(new LabSpec.Settings(2, List.of(), ENDLESS_TRANSACTIONS, List.of())),
            Tests.quiet());
    Tests.applyMainJob(cluster);
    admin = Admin.create(LocalCluster.clientProperties());
  }

  @AfterAll
  static void stop() {
    if (admin != null) {
      admin.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void aReaderIsNotStuckBehindTheOpenTransactionOfAKilledAllocator() {
    String open = killWithinATransaction();
    assertThat(ongoing()).as("left open by the kill").contains(open);

    grant("10.40.1.107");

    Program heir = owner(APPLICATION).orElseThrow();
    assertThat(text(heir)).contains("had left open: [" + open + "]");
    assertThat(ongoing()).doesNotContain(open);
    nothingIsLostOrDoubled();
  }

  @Test
  @Order(2)
  void anAllocatorThatIsFencedAlthoughItLivesGoesOn() {
    cluster.allocators().stream()
        .filter(program -> !program.isAlive())
        .forEach(program -> {
          program.start();
          program.awaitReady(LIMIT);
        });
    String open = awaitTransaction();
    AdminAnswer.await(admin.fenceProducers(List.of(open)).all());

    grant("10.40.1.108");

    assertThat(cluster.allocators()).allMatch(Program::isAlive);
    nothingIsLostOrDoubled();
  }

  /** The floating IP is decided upon, and read. */
  private static void grant(String floatingIp) {
    cluster.apply(
        Tests.GATEWAY_FILE,
        Tests.GATEWAY_YAML.replace("10.40.1.102", "10.40.1.102, " + floatingIp));
    cluster.awaitCarrier(floatingIp, LIMIT, _ -> true);
  }

  /**
   * Kills the allocator that allocates while it has a transaction open: it is frozen first, and
   * looked at again, so that the transaction cannot have ended meanwhile.
   *
   * @return the transactional id
   */
  private static String killWithinATransaction() {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      String open = awaitTransaction();
      Program owner = owner(open.substring(0, open.lastIndexOf('-'))).orElseThrow();
      owner.freeze();
      if (ongoing().contains(open)) {
        owner.kill();
        return open;
      }
      owner.thaw();
    }
    throw new AssertionError("never frozen within a transaction");
  }

  /** Has a decision made for which nobody waits, so that its commit takes its time. */
  private static String awaitTransaction() {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      writeGhost();
      Optional<String> open =
          ongoing().stream().filter(id -> id.startsWith(APPLICATION)).findFirst();
      if (open.isPresent()) {
        return open.get();
      }
    }
    throw new AssertionError("there is no transaction at any time");
  }

  /** A node without addresses, which changes nothing but the audit log. */
  private static void writeGhost() {
    ghosts++;
    ObjectId id = ObjectId.node("ghost-" + ghosts);
    Node ghost =
        new Node(
            new Metadata("uid-" + ghosts, "1", 1, 0), Map.of(), List.of(), List.of(), false, false);
    try (TopicWriter writer = TopicWriter.open(LocalCluster.clientProperties(), Map.of())) {
      var _ = writer.send(Topics.RESOURCES, new ObjectKey(LocalCluster.NAME, id), ghost);
      writer.flush();
    }
  }

  private static List<String> ongoing() {
    return AdminAnswer.await(
            admin
                .listTransactions(
                    new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)))
                .all())
        .stream()
        .map(TransactionListing::transactionalId)
        .toList();
  }

  /** The living allocator whose threads are called so; it says their names when it runs. */
  private static Optional<Program> owner(String process) {
    return cluster.allocators().stream()
        .filter(Program::isAlive)
        .filter(program -> text(program).contains("runs as " + process))
        .findFirst();
  }

  private static String text(Program program) {
    try {
      return Files.readString(program.log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void nothingIsLostOrDoubled() {
    int observed = ghosts;
    eventually("each ghost is observed in the audit log")
        .untilAsserted(() -> assertThat(audit()).filteredOn(TakeOverIT::isGhost).hasSize(observed));
    assertThat(audit())
        .extracting(AuditEntry::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, audit().size()).boxed().toList());
  }

  private static boolean isGhost(AuditEntry entry) {
    return entry.changes().stream().anyMatch(change -> change.entity().contains("ghost-"));
  }

  private static List<AuditEntry> audit() {
    return cluster.view().history().stream()
        .map(seen -> seen.record())
        .filter(record -> record.topic().equals(Topics.AUDIT))
        .filter(record -> ((AuditKey) record.key()).stream() == AuditKey.Stream.ALLOCATION)
        .map(record -> (AuditEntry) record.value().orElseThrow())
        .toList();
  }
}
