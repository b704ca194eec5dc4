package io.sluice.watcher.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusDirectoryTest {

  private static final ObjectId POLICY = ObjectId.policy("alice-paul");
  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");

  private static final Status STATUS =
      new Status(
          2,
          List.of(new Condition("Ready", Truth.TRUE, "Assigned", "on node-1: fine", 0)),
          Map.of(),
          Map.of(),
          List.of("10.40.1.100"),
          Optional.of("node-1"),
          OptionalInt.of(2));

  @TempDir private Path directory;

  @Test
  void aStatusIsAFileThatReadsLikeTheObject() throws IOException {
    new StatusDirectory(directory).write(POLICY, Optional.of(STATUS));

    assertThat(directory.resolve("EgressNATPolicy.alice-paul.yaml"))
        .hasContent(
            """
            # Written by Sluice, which overwrites it.
            apiVersion: networking.gke.io/v1
            kind: EgressNATPolicy
            metadata:
              name: alice-paul
            status:
              observedGeneration: 2
              conditions:
                - type: Ready
                  status: 'True'
                  observedGeneration: 2
                  lastTransitionTime: 1970-01-01T00:00:00Z
                  reason: Assigned
                  message: 'on node-1: fine'
              egressIPs:
                - 10.40.1.100
              gatewayNode: node-1
              matchedPods: 2
            """);
    assertThat(files()).as("no temporary file is left").hasSize(1);
  }

  @Test
  void anUnchangedStatusIsNotWrittenAgainAndOneThatIsGoneIsRemoved() throws IOException {
    StatusDirectory statuses = new StatusDirectory(directory);
    statuses.write(GATEWAY, Optional.of(STATUS));
    Path file = directory.resolve("AnthosNetworkGateway.kube-system.default.yaml");
    Object written = Files.getAttribute(file, "unix:ino");

    statuses.write(GATEWAY, Optional.of(STATUS));
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(written);

    statuses.write(GATEWAY, Optional.empty());
    assertThat(file).doesNotExist();
    statuses.write(GATEWAY, Optional.empty());
  }

  @Test
  void atTheBeginningOnlyOutdatedFilesOfOursAreRemoved() throws IOException {
    StatusDirectory statuses = new StatusDirectory(directory);
    statuses.write(POLICY, Optional.of(STATUS));
    statuses.write(ObjectId.policy("old"), Optional.of(STATUS));
    Files.writeString(directory.resolve("EgressNATPolicy.mine.yaml"), "kind: of a user\n");
    Files.writeString(directory.resolve("notes.txt"), "notes\n");

    statuses.begin(new TreeSet<>(List.of(POLICY)));

    assertThat(files())
        .containsExactlyInAnyOrder(
            "EgressNATPolicy.alice-paul.yaml", "EgressNATPolicy.mine.yaml", "notes.txt");
  }

  @Test
  void theNameOfAManifestFileCannotLeadOutOfTheDirectory() throws IOException {
    new StatusDirectory(directory)
        .write(new ObjectId(Kind.MANIFEST_FILE, "", "../ä b.yaml"), Optional.of(STATUS));

    assertThat(files()).containsExactly("ManifestFile...%2F%C3%A4+b.yaml.yaml");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
