package io.sluice.watcher.core;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Trees for tests, written as YAML. */
final class Yaml {

  private Yaml() {}

  static List<Object> documents(String yaml) {
    List<Object> documents = new ArrayList<>();
    new Load(LoadSettings.builder().build()).loadAllFromString(yaml).forEach(documents::add);
    return documents;
  }

  static Reading read(String yaml) {
    List<Reading> readings = ObjectReader.readDocument(documents(yaml).getFirst());
    if (readings.size() != 1) {
      throw new AssertionError("one object, not " + readings);
    }
    return readings.getFirst();
  }
}
