package io.sluice.watcher.manifests;

import io.sluice.watcher.core.ManifestFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the manifest files of a directory; a file whose bytes are the same is not parsed again. */
final class DirectoryScan {

  private final Path directory;
  private Map<String, Cached> cache = new HashMap<>();

  private record Cached(ByteBuffer content, ManifestFile file) {}

  DirectoryScan(Path directory) {
    this.directory = directory;
  }

  /**
   * All manifest files by name.
   *
   * @throws IOException if the directory cannot be listed; nothing follows from that for its files
   */
  SortedMap<String, ManifestFile> read() throws IOException {
    SortedMap<String, ManifestFile> files = new TreeMap<>();
    Map<String, Cached> read = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (isManifest(name) && !Files.isDirectory(entry)) {
          read(entry, name, read).ifPresent(file -> files.put(name, file));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    cache = read;
    return files;
  }

  /** Editors begin the names of their temporary files with a dot or a #, or end them otherwise. */
  private static boolean isManifest(String name) {
    return (name.endsWith(".yaml") || name.endsWith(".yml"))
        && !name.startsWith(".")
        && !name.startsWith("#");
  }

  private Optional<ManifestFile> read(Path entry, String name, Map<String, Cached> read) {
    try {
      byte[] content = Files.readAllBytes(entry);
      Cached cached = cache.get(name);
      if (cached == null || !cached.content().equals(ByteBuffer.wrap(content))) {
        cached = new Cached(ByteBuffer.wrap(content), YamlFile.parse(content));
      }
      read.put(name, cached);
      return Optional.of(cached.file());
    } catch (NoSuchFileException e) {
      // Gone since it was listed; but a link that points nowhere is still there.
      return Files.exists(entry, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(new ManifestFile.Unparsable(0, "is a link to a missing file"))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(new ManifestFile.Unparsable(0, "cannot be read: " + e));
    }
  }
}
