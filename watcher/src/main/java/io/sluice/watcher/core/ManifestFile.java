package io.sluice.watcher.core;

import java.util.List;

/** What is in a file of the manifest directory. */
public sealed interface ManifestFile {

  /**
   * The documents of the file as trees of {@link java.util.Map} and {@link List}, without empty
   * ones.
   */
  record Parsed(List<Object> documents) implements ManifestFile {

    public Parsed {
      documents = List.copyOf(documents);
    }
  }

  /**
   * A file that could not be read or is no YAML.
   *
   * @param line where, counted from 1; 0 if that makes no sense
   * @param reason why, for people
   */
  record Unparsable(int line, String reason) implements ManifestFile {

    /** Where and why. */
    public String message() {
      return line > 0 ? "line " + line + ": " + reason : reason;
    }
  }
}
