package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.sluice.deploy.Definitions.Definition;
import io.sluice.deploy.Schema.Place;
import io.sluice.deploy.Schema.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the API server demands of a CRD's schema, as far as we use it.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema">Structural
 *     schemas</a>
 */
class StructuralSchemaTest {

  private static final Set<String> KEYWORDS =
      Set.of(
          "additionalProperties",
          "default",
          "description",
          "enum",
          "format",
          "items",
          "maxItems",
          "maxLength",
          "minItems",
          "minLength",
          "pattern",
          "properties",
          "required",
          "type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-list-type",
          "x-kubernetes-map-type",
          Schema.PRESERVE_UNKNOWN,
          Schema.RULES);

  static List<Definition> definitions() {
    return Definitions.all();
  }

  @Test
  void allKindsAreThere() {
    assertThat(definitions())
        .extracting(Definition::toString)
        .containsExactlyInAnyOrder(
            "networking.gke.io/v1alpha1 AnthosNetworkGateway",
            "networking.gke.io/v1 NetworkGatewayGroup",
            "networking.gke.io/v1 EgressNATPolicy",
            "networking.gke.io/v1alpha1 EgressNATPolicy");
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void everyNodeIsStructural(Definition definition) {
    assertThat(definition.schema().places()).allSatisfy(place -> isStructural(place.schema()));
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void extensionsStandWhereTheyMean(Definition definition) {
    assertThat(definition.schema().places())
        .allSatisfy(place -> extensionsAreMeant(place.schema()));
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void textsThatLookLikeTruthValuesAreTexts(Definition definition) {
    assertThat(definition.schema().places())
        .flatExtracting(place -> new ArrayList<Object>(place.schema().list("enum")))
        .contains("True", "False")
        .hasOnlyElementsOfType(String.class);
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void defaultsKeepTheirOwnSchema(Definition definition) {
    assertThat(definition.schema().places())
        .filteredOn(place -> place.schema().has("default"))
        .isNotEmpty()
        .allSatisfy(place -> {
          Object value = place.schema().tree().get("default");
          assertThat(Admission.errors(place.schema(), place.path(), value)).isEmpty();
        });
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void patternsAndRulesCompile(Definition definition) {
    for (Place place : definition.schema().places()) {
      place.schema().text("pattern").ifPresent(Pattern::compile);
      for (Rule rule : place.schema().rules()) {
        CelRules.compile(rule, place.schema());
        assertThat(rule.message()).isNotBlank().doesNotContain("\n");
        if (!rule.fieldPath().isEmpty()) {
          assertThat(place.schema().at(rule.fieldPath().substring(1))).isNotNull();
        }
      }
    }
  }

  /** The API server refuses a CRD whose rules might cost too much, and assumes the worst. */
  @ParameterizedTest
  @MethodSource("definitions")
  void whatRulesReadIsBounded(Definition definition) {
    List<Place> places = definition.schema().places();
    for (Place place : places) {
      if (!place.schema().rules().isEmpty()) {
        assertThat(places)
            .filteredOn(list -> place.path().startsWith(list.path() + "[]"))
            .allMatch(list -> list.schema().has("maxItems"), "has maxItems");
        assertThat(place.schema().type().equals("string") && !place.schema().has("maxLength"))
            .as("%s is an unbounded text", place.path())
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void kubectlExplainHasAWordOnEveryField(Definition definition) {
    assertThat(definition.schema().text("description")).isPresent();
    assertThat(definition.schema().places())
        .flatExtracting(place -> place.schema().properties().entrySet())
        .allSatisfy(field ->
            assertThat(field.getValue().text("description")).as(field.getKey()).isPresent());
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void columnsShowFieldsThatExist(Definition definition) {
    assertThat(definition.columns())
        .isNotEmpty()
        .map(DeployFiles::object)
        .map(column -> (String) column.get("jsonPath"))
        .filteredOn(path -> !path.startsWith(".metadata."))
        .map(path -> path.replaceAll("\\[[^]]*]", "[]"))
        .allSatisfy(path ->
            assertThat(definition.schema().places()).extracting(Place::path).contains(path));
  }

  @Test
  void bothVersionsOfAPolicyAreTheSame() {
    List<Schema> schemas =
        definitions().stream()
            .filter(definition -> definition.kind().equals("EgressNATPolicy"))
            .map(Definition::schema)
            .toList();
    assertThat(schemas).hasSize(2);
    assertThat(schemas.getFirst()).isEqualTo(schemas.getLast());
  }

  @Test
  void bothKindsOfGatewayAreTheSame() {
    List<Schema> schemas =
        definitions().stream()
            .filter(definition -> !definition.kind().equals("EgressNATPolicy"))
            .map(Definition::schema)
            .toList();
    assertThat(schemas).hasSize(2);
    assertThat(schemas.getFirst()).isEqualTo(schemas.getLast());
  }

  @Test
  void everyCrdStoresOneVersionAndHasAStatus() {
    for (var file : DeployFiles.yamlBelow(Crds.DIRECTORY)) {
      Map<String, Object> spec = DeployFiles.object(DeployFiles.document(file).get("spec"));
      List<Map<String, Object>> versions =
          ((List<?>) spec.get("versions")).stream().map(DeployFiles::object).toList();
      assertThat(versions)
          .allSatisfy(version -> assertThat(version).containsEntry("served", true))
          .allSatisfy(version ->
              assertThat(version).containsEntry("subresources", Map.of("status", Map.of())))
          .filteredOn(version -> version.get("storage").equals(true))
          .singleElement()
          .satisfies(stored ->
              assertThat(stored)
                  .containsEntry(
                      "name", file.endsWith("anthosnetworkgateways.yaml") ? "v1alpha1" : "v1"));
    }
  }

  private static void isStructural(Schema schema) {
    assertThat(schema.tree()).containsKey("type");
    assertThat(KEYWORDS).containsAll(schema.tree().keySet());
    switch (schema.type()) {
      case "object" ->
          assertThat(schema.has("properties"))
              .as("exactly one of properties and additionalProperties")
              .isNotEqualTo(schema.has("additionalProperties"));
      case "array" -> assertThat(schema.items()).isPresent();
      case "string", "integer" ->
          assertThat(schema.tree()).doesNotContainKeys("properties", "items");
      default -> throw new AssertionError("type " + schema.type());
    }
    assertThat(schema.properties().keySet()).containsAll(schema.texts("required"));
  }

  private static void extensionsAreMeant(Schema schema) {
    if (schema.preservesUnknown() || schema.has("x-kubernetes-map-type")) {
      assertThat(schema.type()).isEqualTo("object");
    }
    assertThat(schema.has("x-kubernetes-list-map-keys"))
        .isEqualTo(schema.text("x-kubernetes-list-type").orElse("").equals("map"));
    for (String key : schema.texts("x-kubernetes-list-map-keys")) {
      Schema item = schema.items().orElseThrow();
      assertThat(item.texts("required")).contains(key);
      assertThat(item.properties().get(key).type()).isEqualTo("string");
    }
  }
}
