package io.sluice.watcher.manifests;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.StatusTarget;
import io.sluice.watcher.core.StatusTree;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Shows each object's status as a file of its own, {@code Kind.namespace.name.yaml}. A file is
 * replaced as a whole, and only when it changes.
 */
public final class StatusDirectory implements StatusTarget {

  private static final Logger log = LoggerFactory.getLogger(StatusDirectory.class);

  private static final String FIRST_LINE = "# Written by Sluice, which overwrites it.\n";
  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setSchema(new CoreSchema())
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .setSplitLines(false)
          .setIndicatorIndent(2)
          .setIndentWithIndicator(true)
          .build();

  private final Path directory;

  /** A directory that is made if it does not exist. */
  public StatusDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public void begin(SortedSet<ObjectId> subjects) throws IOException {
    Files.createDirectories(directory);
    Set<String> current =
        subjects.stream().map(StatusDirectory::fileName).collect(Collectors.toSet());
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (isOurs(entry, name) && !current.contains(name)) {
          Files.delete(entry);
          log.info("removed the status file {}: it is out of date", name);
        }
      }
    }
  }

  @Override
  public void write(ObjectId subject, Optional<Status> status) throws IOException {
    Path file = directory.resolve(fileName(subject));
    if (status.isEmpty()) {
      if (Files.deleteIfExists(file)) {
        log.info("status of {}: gone", subject);
      }
      return;
    }
    String yaml = new Dump(SETTINGS).dumpToString(StatusTree.object(subject, status.get()));
    byte[] content = (FIRST_LINE + yaml).getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(content, existing(file))) {
      replace(file, content);
      log.info("status of {}: {}", subject, inOneLine(status.get()));
    }
  }

  private static byte[] existing(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      // This status is the first of its object, or somebody has removed the file.
      return new byte[0];
    }
  }

  /** The temporary file is in the same directory, so that the move is atomic. */
  private void replace(Path file, byte[] content) throws IOException {
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, ".status-", ".tmp");
    try {
      Files.write(temporary, content);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String fileName(ObjectId id) {
    String namespace = id.namespace().isEmpty() ? "" : encode(id.namespace()) + ".";
    return id.kind() + "." + namespace + encode(id.name()) + ".yaml";
  }

  /** Names of objects are harmless; the name of a manifest file can be anything. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Only what this class has written is removed, whatever else people keep in the directory. */
  private static boolean isOurs(Path entry, String name) throws IOException {
    boolean named =
        name.endsWith(".yaml")
            && Arrays.stream(Kind.values()).anyMatch(kind -> name.startsWith(kind + "."));
    return named
        && Files.isRegularFile(entry)
        && Files.readString(entry, StandardCharsets.UTF_8).startsWith(FIRST_LINE);
  }

  private static String inOneLine(Status status) {
    return status.conditions().stream()
        .map(condition ->
            "%s=%s (%s) %s"
                .formatted(
                    condition.type(), condition.truth(), condition.reason(), condition.message()))
        .collect(Collectors.joining("; "));
  }
}
