package io.sluice.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of this module as they lie in the work tree. */
final class DeployFiles {

  private DeployFiles() {}

  static Path path(String relative) {
    return Path.of(System.getProperty("sluice.deploy", ".")).resolve(relative);
  }

  /** All YAML files below a directory, kustomizations apart. */
  static List<Path> yamlBelow(String relative) {
    try (Stream<Path> files = Files.walk(path(relative))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The documents of a file, each a tree of maps, lists and scalars. */
  static List<Map<String, Object>> documents(Path file) {
    List<Map<String, Object>> documents = new ArrayList<>();
    yaml().loadAll(text(file)).forEach(tree -> documents.add(object(tree)));
    return documents;
  }

  /** YAML 1.1, as kubectl reads it: there a plain {@code False} or {@code no} is no text. */
  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(options));
  }

  static Map<String, Object> document(Path file) {
    List<Map<String, Object>> documents = documents(file);
    if (documents.size() != 1) {
      throw new IllegalArgumentException(file + " holds " + documents.size() + " documents");
    }
    return documents.getFirst();
  }

  @SuppressWarnings("unchecked") // the keys of YAML that Kubernetes takes are texts
  static Map<String, Object> object(Object tree) {
    return (Map<String, Object>) tree;
  }
}
