package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

  @TempDir private Path directory;

  @Test
  void manifestsThatSomebodyWroteStayAndThoseOfTheLabGo() throws IOException {
    StateDirectory state = new StateDirectory(directory);
    Files.createDirectories(state.manifests());
    Files.writeString(state.manifests().resolve("lab-nodes.yaml"), "");
    Path own = Files.writeString(state.manifests().resolve("policy.yaml"), "");
    Files.createDirectories(state.logs());

    assertThat(state.clear(false)).containsExactly(own);
    assertThat(state.manifests().resolve("lab-nodes.yaml")).doesNotExist();
    assertThat(state.up()).doesNotExist();
  }

  @Test
  void logsStayWhenAskedTo() throws IOException {
    StateDirectory state = new StateDirectory(directory);
    Files.createDirectories(state.logs());
    Path log = Files.writeString(state.logs().resolve("allocator.log"), "ready");

    state.clear(true);

    assertThat(log).exists();
    assertThat(state.running()).isEmpty();
  }

  @Test
  void onlyTheLogsOfTheLastDemonstrationsAreKept() throws IOException {
    StateDirectory state = new StateDirectory(directory.resolve("state"));
    Path logs = Files.createDirectories(directory.resolve("logs"));
    Files.writeString(logs.resolve("allocator.log"), "ready");
    for (int day = 1; day <= 4; day++) {
      Files.createDirectories(state.root().resolve("demo/2020010%d-120000-000".formatted(day)));
    }

    Path kept = state.keepLogs("demo", logs);

    assertThat(kept.resolve("allocator.log")).hasContent("ready");
    assertThat(state.root().resolve("demo"))
        .isDirectoryContaining(path -> path.equals(kept))
        .isDirectoryContaining("glob:**20200104-*")
        .isDirectoryNotContaining("glob:**20200102-*");
  }

  @Test
  void clearingNothingIsNoError() {
    assertThat(new StateDirectory(directory.resolve("none")).clear(false)).isEmpty();
  }

  @Test
  void theFileOfASupervisorThatIsGoneCountsForNothing() throws IOException {
    StateDirectory state = new StateDirectory(directory);
    Files.createDirectories(state.up());
    new Supervisor(ProcessHandle.current().pid(), 1, false).write(state.up().resolve("supervisor"));

    assertThat(state.running()).isEmpty();
  }

  @Test
  void aSupervisorsFileIsReadBack() {
    Supervisor supervisor = new Supervisor(4711, 123_456, true);

    assertThat(Supervisor.parse(supervisor.text())).contains(supervisor);
    assertThat(Supervisor.parse("4711 123")).isEmpty();
    assertThat(Supervisor.parse("")).isEmpty();
  }

  @Test
  void theStartTimeIsFoundBehindAnyProcessName() {
    String fields = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21";

    assertThat(Supervisor.startTicksOf("42 (java)" + fields)).isEqualTo(987_654);
    assertThat(Supervisor.startTicksOf("42 (a (b) c)" + fields)).isEqualTo(987_654);
  }
}
