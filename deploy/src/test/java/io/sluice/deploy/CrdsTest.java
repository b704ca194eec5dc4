package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CrdsTest {

  /** With {@code -Dsluice.crds.write=true} the files are written instead of compared. */
  @BeforeAll
  static void writeIfAsked() throws IOException {
    if (Boolean.getBoolean("sluice.crds.write")) {
      for (var crd : Crds.generate().entrySet()) {
        Files.writeString(DeployFiles.path(Crds.DIRECTORY).resolve(crd.getKey()), crd.getValue());
      }
    }
  }

  @Test
  void theFilesAreWhatTheTypesSay() {
    assertThat(
            DeployFiles.yamlBelow(Crds.DIRECTORY).stream()
                .collect(
                    Collectors.toMap(file -> file.getFileName().toString(), DeployFiles::text)))
        .as("out of date? README.md says how to write them anew")
        .isEqualTo(Crds.generate());
  }

  @Test
  void theSameTypesGiveTheSameText() {
    assertThat(Crds.generate()).isEqualTo(Crds.generate());
  }
}
