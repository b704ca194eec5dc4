package io.sluice.watcher.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status.Condition;
import io.sluice.watcher.MemoryTopicLog;
import io.sluice.watcher.RunningWatcher;
import io.sluice.watcher.core.Observed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source on real files, with the publisher behind it and topics in memory. */
class ManifestSourceTest {

  private static final ObjectId ALICE = ObjectId.namespace("alice");
  private static final ObjectId PAUL = ObjectId.namespace("paul");
  private static final ObjectId FILE = new ObjectId(Kind.MANIFEST_FILE, "", "a.yaml");

  /** So long that whatever these tests wait for can only come from a notification. */
  private static final Duration NEVER = Duration.ofHours(1);

  private final MemoryTopicLog topics = new MemoryTopicLog();

  @TempDir private Path temporary;

  @Test
  void filesAreCreatedChangedAndDeleted() throws Exception {
    Path directory = directory("manifests");
    try (var _ = watch(directory)) {
      write(directory, "a.yaml", namespace("alice", "1"));
      eventually(() -> assertThat(label(ALICE)).contains("1"));
      String uid = topics.read().objects().get(ALICE).metadata().uid();

      write(directory, "a.yaml", namespace("alice", "2"));
      eventually(() -> assertThat(label(ALICE)).contains("2"));
      assertThat(topics.read().objects().get(ALICE).metadata().uid()).isEqualTo(uid);
      assertThat(topics.read().objects().get(ALICE).metadata().generation()).isEqualTo(2);

      write(directory, "a.yaml", namespace("alice", "2") + "---\n" + namespace("paul", "1"));
      eventually(() -> assertThat(known()).containsExactlyInAnyOrder(ALICE, PAUL));

      write(directory, "a.yaml", namespace("paul", "1"));
      eventually(() -> assertThat(known()).containsExactly(PAUL));

      Files.delete(directory.resolve("a.yaml"));
      eventually(() -> assertThat(known()).isEmpty());
    }
    assertThat(topics.records()).as("no record without a change").hasSize(5);
  }

  @Test
  void aFileThatBreaksIsReportedAndDisturbsNothingElse() throws Exception {
    Path directory = directory("manifests");
    try (var _ = watch(directory)) {
      write(directory, "a.yaml", namespace("alice", "1"));
      write(directory, "b.yaml", namespace("paul", "1"));
      eventually(() -> assertThat(known()).containsExactlyInAnyOrder(ALICE, PAUL));

      write(directory, "a.yaml", "apiVersion: v1\nkind: [Namespace\n");
      eventually(() -> assertThat(topics.read().statuses()).containsOnlyKeys(FILE));
      Condition condition = topics.read().statuses().get(FILE).conditions().getFirst();
      assertThat(condition.reason()).isEqualTo("Unparsable");
      assertThat(condition.message()).startsWith("line 3: ");
      assertThat(label(ALICE)).contains("1");

      write(directory, "b.yaml", namespace("paul", "2"));
      eventually(() -> assertThat(label(PAUL)).contains("2"));
      assertThat(label(ALICE)).contains("1");

      write(directory, "a.yaml", namespace("alice", "3"));
      eventually(() -> assertThat(topics.read().statuses()).isEmpty());
      eventually(() -> assertThat(label(ALICE)).contains("3"));
    }
  }

  @Test
  void aRestartPublishesOnlyWhatWasMissed() throws Exception {
    Path directory = directory("manifests");
    write(directory, "a.yaml", namespace("alice", "1"));
    write(directory, "b.yaml", namespace("paul", "1"));
    try (var _ = watch(directory)) {
      eventually(() -> assertThat(known()).containsExactlyInAnyOrder(ALICE, PAUL));
    }
    Observed alice = topics.read().objects().get(ALICE);

    Files.delete(directory.resolve("b.yaml"));
    try (var _ = watch(directory)) {
      eventually(() -> assertThat(known()).containsExactly(ALICE));
    }
    assertThat(topics.read().objects()).containsExactly(Map.entry(ALICE, alice));
    assertThat(topics.records()).hasSize(3);
  }

  @Test
  void temporaryFilesOfEditorsAndOtherFilesAreIgnored() throws Exception {
    Path directory = directory("manifests");
    for (String name :
        new String[] {
          ".a.yaml", "a.yaml~", "#a.yaml#", "#a.yaml", ".a.yaml.swp", "4913", "a.txt"
        }) {
      write(directory, name, namespace("alice", name.replaceAll("\\W", "")));
    }
    Files.createDirectory(directory.resolve("directory.yaml"));
    try (var _ = watch(directory)) {
      write(directory, "b.yml", namespace("paul", "1"));
      eventually(() -> assertThat(known()).containsExactly(PAUL));
    }
    assertThat(topics.read().statuses()).isEmpty();
  }

  @Test
  void aMountedConfigMapIsFollowed() throws Exception {
    Path directory = directory("mount");
    write(directory(directory, "..v1"), "a.yaml", namespace("alice", "1"));
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..v1"));
    Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    try (var _ = watch(directory)) {
      eventually(() -> assertThat(label(ALICE)).contains("1"));

      write(directory(directory, "..v2"), "a.yaml", namespace("alice", "2"));
      Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..v2"));
      Files.move(
          directory.resolve("..tmp"), directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      eventually(() -> assertThat(label(ALICE)).contains("2"));
    }
  }

  @Test
  void aLinkToTheDirectoryMayMove() throws Exception {
    write(directory("v1"), "a.yaml", namespace("alice", "1"));
    write(directory("v2"), "a.yaml", namespace("alice", "2"));
    Path link = temporary.resolve("current");
    Files.createSymbolicLink(link, Path.of("v1"));
    try (var _ = watch(link, Duration.ofMillis(50))) {
      eventually(() -> assertThat(label(ALICE)).contains("1"));

      Files.createSymbolicLink(temporary.resolve("next"), Path.of("v2"));
      Files.move(temporary.resolve("next"), link, StandardCopyOption.ATOMIC_MOVE);
      eventually(() -> assertThat(label(ALICE)).contains("2"));
    }
  }

  @Test
  void aLinkThatPointsNowhereKeepsWhatItsFileSaid() throws Exception {
    Path directory = directory("manifests");
    write(temporary, "target", namespace("alice", "1"));
    Files.createSymbolicLink(directory.resolve("a.yaml"), temporary.resolve("target"));
    try (var _ = watch(directory, Duration.ofMillis(50))) {
      eventually(() -> assertThat(known()).containsExactly(ALICE));

      Files.delete(temporary.resolve("target"));
      eventually(() -> assertThat(topics.read().statuses()).containsOnlyKeys(FILE));
      assertThat(known()).containsExactly(ALICE);
    }
  }

  @Test
  void aDirectoryThatVanishesDeletesNothing() throws Exception {
    Path directory = directory("manifests");
    write(directory, "a.yaml", namespace("alice", "1"));
    try (var _ = watch(directory, Duration.ofMillis(50))) {
      eventually(() -> assertThat(known()).containsExactly(ALICE));
      Path away = temporary.resolve("away");
      Files.move(directory, away);
      write(away, "a.yaml", namespace("alice", "2"));
      Files.move(away, directory);
      eventually(() -> assertThat(label(ALICE)).contains("2"));
    }
    assertThat(topics.records()).as("never a tombstone").hasSize(2);
  }

  private RunningWatcher watch(Path directory) throws IOException {
    return watch(directory, NEVER);
  }

  private RunningWatcher watch(Path directory, Duration rescan) throws IOException {
    return new RunningWatcher(topics, new ManifestSource(directory, rescan, Clock.systemUTC()));
  }

  private Path directory(String name) throws IOException {
    return directory(temporary, name);
  }

  private static Path directory(Path parent, String name) throws IOException {
    return Files.createDirectories(parent.resolve(name));
  }

  private static void write(Path directory, String name, String yaml) throws IOException {
    Files.writeString(directory.resolve(name), yaml);
  }

  private static String namespace(String name, String label) {
    return "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {v: '%s'}}}%n"
        .formatted(name, label);
  }

  private Set<ObjectId> known() {
    return topics.read().objects().keySet();
  }

  private Optional<String> label(ObjectId namespace) {
    return Optional.ofNullable((Observed.OfWorkload) topics.read().objects().get(namespace))
        .map(observed -> observed.workload().labels().get("v"));
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(assertion);
  }
}
