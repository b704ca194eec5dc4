package io.sluice.watcher.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Kind;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.Workload;
import io.sluice.watcher.core.ManifestSet.Outcome;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ManifestSetTest {

  private static final ObjectId ALICE = ObjectId.namespace("alice");
  private static final ObjectId PAUL = ObjectId.namespace("paul");

  private int uids;

  private final SortedMap<String, ManifestFile> files = new TreeMap<>();
  private ManifestSet set = new ManifestSet(new TreeMap<>(), new TreeMap<>());

  @Test
  void aNewObjectGetsAnIdentity() {
    files.put("a.yaml", namespace("alice", "1"));

    assertThat(accept(1_000).objects())
        .containsExactly(Map.entry(ALICE, observed("u1", 1, 1_000, "1")));
  }

  @Test
  void theIdentityStaysAndTheGenerationRisesWithTheContent() {
    files.put("a.yaml", namespace("alice", "1"));
    accept(1_000);
    assertThat(accept(2_000).objects()).containsEntry(ALICE, observed("u1", 1, 1_000, "1"));
    files.put("a.yaml", namespace("alice", "2"));
    assertThat(accept(3_000).objects()).containsEntry(ALICE, observed("u1", 2, 1_000, "2"));
  }

  @Test
  void theIdentitySurvivesARestart() {
    files.put("a.yaml", namespace("alice", "1"));
    Outcome before = accept(1_000);

    set = new ManifestSet(before.objects(), before.statuses());
    assertThat(accept(9_000).objects()).isEqualTo(before.objects());

    set = new ManifestSet(before.objects(), before.statuses());
    files.put("a.yaml", namespace("alice", "2"));
    assertThat(accept(9_000).objects()).containsEntry(ALICE, observed("u1", 2, 1_000, "2"));
  }

  @Test
  void anObjectThatComesBackIsAnotherOne() {
    files.put("a.yaml", namespace("alice", "1"));
    accept(1_000);
    files.clear();
    assertThat(accept(2_000).objects()).isEmpty();
    files.put("a.yaml", namespace("alice", "1"));
    assertThat(accept(3_000).objects()).containsEntry(ALICE, observed("u2", 1, 3_000, "1"));
  }

  @Test
  void whatTheFileSaysOfTheIdentityHolds() {
    files.put(
        "a.yaml",
        file(
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: alice
              uid: own
              generation: 9
              creationTimestamp: "1970-01-01T00:00:05Z"
              labels: {v: "1"}
            """));

    assertThat(accept(9_000).objects()).containsEntry(ALICE, observed("own", 9, 5_000, "1"));
  }

  @Test
  void theFirstFileByNameWinsAndTheOtherIsReported() {
    files.put("b.yaml", namespace("alice", "from b"));
    files.put("a.yaml", namespace("alice", "from a"));

    Outcome outcome = accept(1_000);

    assertThat(outcome.objects()).containsEntry(ALICE, observed("u1", 1, 1_000, "from a"));
    assertThat(outcome.statuses()).containsOnlyKeys(fileId("b.yaml"));
    assertThat(condition(outcome, "b.yaml").reason()).isEqualTo("Duplicate");
    assertThat(condition(outcome, "b.yaml").message())
        .contains("Namespace alice is in a.yaml already");

    files.remove("a.yaml");
    outcome = accept(2_000);
    assertThat(outcome.objects()).containsEntry(ALICE, observed("u1", 2, 1_000, "from b"));
    assertThat(outcome.statuses()).isEmpty();
  }

  @Test
  void anObjectTwiceInOneFileIsReported() {
    files.put(
        "a.yaml",
        file(
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: alice, labels: {v: first}}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: alice, labels: {v: second}}}
            """));

    Outcome outcome = accept(1_000);

    assertThat(outcome.objects()).containsEntry(ALICE, observed("u1", 1, 1_000, "first"));
    assertThat(condition(outcome, "a.yaml").message()).contains("Namespace alice is twice");
  }

  @Test
  void anUnparsableFileKeepsWhatItSaidAndDisturbsNothingElse() {
    files.put("a.yaml", namespace("alice", "1"));
    files.put("b.yaml", namespace("paul", "1"));
    Outcome before = accept(1_000);

    files.put("a.yaml", new ManifestFile.Unparsable(3, "no colon"));
    files.remove("b.yaml");
    Outcome broken = accept(2_000);

    assertThat(broken.objects()).containsExactly(Map.entry(ALICE, before.objects().get(ALICE)));
    assertThat(broken.held()).isEmpty();
    assertThat(condition(broken, "a.yaml"))
        .isEqualTo(new Condition("Ready", Truth.FALSE, "Unparsable", "line 3: no colon", 2_000));

    files.put("a.yaml", new ManifestFile.Unparsable(5, "no colon there"));
    assertThat(condition(accept(3_000), "a.yaml").sinceMillis()).isEqualTo(2_000);

    files.put("a.yaml", namespace("alice", "1"));
    assertThat(accept(4_000).statuses()).isEmpty();
  }

  @Test
  void aFileThatIsNotWhollyUnderstoodAddsAndChangesButRemovesNothing() {
    files.put("a.yaml", namespace("alice", "1"));
    accept(1_000);
    files.put(
        "a.yaml",
        file(
            """
            {apiVersion: v1, kind: Namespace, metadata: {labels: {v: nameless}}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: paul}}
            """));

    Outcome outcome = accept(2_000);

    assertThat(outcome.objects()).containsOnlyKeys(ALICE, PAUL);
    assertThat(condition(outcome, "a.yaml").reason()).isEqualTo("Malformed");
    assertThat(condition(outcome, "a.yaml").message()).contains("metadata.name: is missing");
  }

  @Test
  void aMalformedResourceIsAMatterOfItsOwnStatusNotOfTheFile() {
    files.put(
        "a.yaml",
        file("{apiVersion: networking.gke.io/v1, kind: EgressNATPolicy, metadata: {name: p}}"));

    Outcome outcome = accept(1_000);

    assertThat(outcome.objects()).containsOnlyKeys(ObjectId.policy("p"));
    assertThat(outcome.statuses()).isEmpty();
  }

  @Test
  void afterARestartNothingIsRemovedBeforeEveryFileIsUnderstood() {
    files.put("a.yaml", namespace("alice", "1"));
    files.put("b.yaml", namespace("paul", "1"));
    Outcome before = accept(1_000);

    set = new ManifestSet(before.objects(), before.statuses());
    files.put("a.yaml", new ManifestFile.Unparsable(1, "broken while the watcher was down"));
    Outcome restarted = accept(2_000);
    assertThat(restarted.objects()).isEqualTo(before.objects());
    assertThat(restarted.held()).containsExactly(ALICE);

    // What a file has named since the start is known to be its own, and goes with it.
    files.remove("b.yaml");
    assertThat(accept(3_000).objects()).containsOnlyKeys(ALICE);

    files.put("a.yaml", namespace("george", "1"));
    Outcome mended = accept(4_000);
    assertThat(mended.objects()).containsOnlyKeys(ObjectId.namespace("george"));
    assertThat(mended.held()).isEmpty();
  }

  @Test
  void aFileThatWasBrokenFromItsBeginningHoldsNothing() {
    files.put("a.yaml", namespace("alice", "1"));
    accept(1_000);
    files.put("new.yaml", new ManifestFile.Unparsable(1, "broken"));
    accept(2_000);
    files.remove("a.yaml");

    assertThat(accept(3_000).objects()).isEmpty();
  }

  @Test
  void foreignKindsAreNamedWithTheirFile() {
    files.put("a.yaml", file("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}"));

    Outcome outcome = accept(1_000);

    assertThat(outcome.ignored()).containsExactly("a.yaml: apps/v1 Deployment");
    assertThat(outcome.statuses()).isEmpty();
  }

  @Test
  void aFileStatusOfBeforeTheRestartIsTakenBackWhenTheFileIsGood() {
    SortedMap<ObjectId, Status> statuses = new TreeMap<>();
    statuses.put(fileId("a.yaml"), Status.ofConditions(0));
    set = new ManifestSet(new TreeMap<>(), statuses);
    files.put("a.yaml", namespace("alice", "1"));

    assertThat(accept(1_000).statuses()).isEmpty();
  }

  private Outcome accept(long nowMillis) {
    return set.accept(files, nowMillis, () -> "u" + ++uids);
  }

  private static Condition condition(Outcome outcome, String file) {
    return outcome.statuses().get(fileId(file)).conditions().getFirst();
  }

  private static ObjectId fileId(String name) {
    return new ObjectId(Kind.MANIFEST_FILE, "", name);
  }

  private static ManifestFile file(String yaml) {
    return new ManifestFile.Parsed(Yaml.documents(yaml));
  }

  private static ManifestFile namespace(String name, String label) {
    return file(
        "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {v: '%s'}}}"
            .formatted(name, label));
  }

  private static Observed observed(String uid, long generation, long createdAt, String label) {
    return new Observed.OfWorkload(
        new Workload.Namespace(new Metadata(uid, "", generation, createdAt), Map.of("v", label)));
  }
}
