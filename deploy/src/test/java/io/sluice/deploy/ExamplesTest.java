package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.MalformedResource;
import io.sluice.watcher.core.ObjectReader;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Reading;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {

  private static final String EXPECTATION = "# Refused: ";

  static List<Path> examples() {
    return DeployFiles.yamlBelow("examples");
  }

  static List<Path> refused() {
    return DeployFiles.yamlBelow("src/test/resources/refused");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsAdmitted(Path file) {
    Map<String, Object> object = DeployFiles.document(file);

    assertThat(Definitions.of(object).refusals(object)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theWatcherUnderstandsAnAdmittedExample(Path file) {
    Map<String, Object> object = DeployFiles.document(file);
    Map<String, Object> stored = new LinkedHashMap<>(object);
    stored.putAll(Definitions.of(object).admitted(object));

    assertThat(ObjectReader.read(stored)).satisfies(ExamplesTest::isUnderstood);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void defaultsSayWhatTheWatcherAssumes(Path file) {
    Map<String, Object> object = DeployFiles.document(file);
    Map<String, Object> stored = new LinkedHashMap<>(object);
    stored.putAll(Definitions.of(object).admitted(object));

    assertThat(ObjectReader.read(stored)).isEqualTo(ObjectReader.read(object));
  }

  /** Each file says in its first line which field is refused, and why. */
  @ParameterizedTest
  @MethodSource("refused")
  void aBadExampleIsRefusedWithItsReason(Path file) {
    String firstLine = DeployFiles.text(file).lines().findFirst().orElseThrow();
    assertThat(firstLine).startsWith(EXPECTATION);
    Map<String, Object> object = DeployFiles.document(file);

    assertThat(Definitions.of(object).refusals(object))
        .singleElement()
        .asString()
        .isEqualTo(firstLine.substring(EXPECTATION.length()));
  }

  /** The other versions and kinds have the same schemas: see {@link StructuralSchemaTest}. */
  @ParameterizedTest
  @ValueSource(strings = {"NetworkGatewayGroup", "EgressNATPolicy"})
  void theExamplesShowEveryField(String kind) {
    List<Map<String, Object>> objects =
        examples().stream()
            .map(DeployFiles::document)
            .filter(object -> object.get("kind").equals(kind))
            .toList();

    assertThat(Definitions.of(objects.getLast()).schema().at("spec").places())
        .extracting(Schema.Place::path)
        .filteredOn(path -> objects.stream().noneMatch(object -> shows(object.get("spec"), path)))
        .as("fields that no example shows")
        .isEmpty();
  }

  private static void isUnderstood(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Understood.class);
    Observed observed = ((Reading.Understood) reading).object();
    assertThat(((Observed.OfResource) observed).resource())
        .isNotInstanceOf(MalformedResource.class);
  }

  /** Whether the value has something at a path such as {@code .sources[].podSelector}. */
  private static boolean shows(Object value, String path) {
    if (path.isEmpty()) {
      return true;
    }
    if (path.startsWith("[]")) {
      return value instanceof List<?> list
          && list.stream().anyMatch(item -> shows(item, path.substring(2)));
    }
    if (path.startsWith("{}")) {
      return value instanceof Map<?, ?> map
          && map.values().stream().anyMatch(item -> shows(item, path.substring(2)));
    }
    String name = path.substring(1).split("[.\\[{]", 2)[0];
    return value instanceof Map<?, ?> map
        && map.containsKey(name)
        && shows(map.get(name), path.substring(1 + name.length()));
  }
}
