package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The example manifests that come with the project. */
final class Examples {

  private Examples() {}

  static Path directory() {
    return Path.of(System.getProperty("sluice.root", "."), "deploy", "examples");
  }

  /**
   * @throws LabException if it is not there
   */
  static Path file(String name) {
    Path file = directory().resolve(name);
    if (!Files.isReadable(file)) {
      throw new LabException("the example %s is missing".formatted(file));
    }
    return file;
  }
}
