package io.sluice.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One node of an OpenAPI schema in a CRD. */
record Schema(Map<String, Object> tree) {

  static final String RULES = "x-kubernetes-validations";
  static final String PRESERVE_UNKNOWN = "x-kubernetes-preserve-unknown-fields";

  /** A place in a schema; {@code []} and {@code {}} stand for any entry of a list or a map. */
  record Place(String path, Schema schema) {}

  String type() {
    return (String) tree.get("type");
  }

  boolean has(String keyword) {
    return tree.containsKey(keyword);
  }

  boolean preservesUnknown() {
    return Boolean.TRUE.equals(tree.get(PRESERVE_UNKNOWN));
  }

  Map<String, Schema> properties() {
    Map<String, Schema> properties = new LinkedHashMap<>();
    objectOrEmpty("properties")
        .forEach((name, schema) -> properties.put(name, new Schema(DeployFiles.object(schema))));
    return properties;
  }

  Optional<Schema> additionalProperties() {
    return child("additionalProperties");
  }

  Optional<Schema> items() {
    return child("items");
  }

  /** The schema of {@code a.b.c}. */
  Schema at(String path) {
    Schema schema = this;
    for (String name : path.split("\\.", -1)) {
      schema = schema.properties().get(name);
    }
    return schema;
  }

  List<?> list(String keyword) {
    return (List<?>) tree.getOrDefault(keyword, List.of());
  }

  List<String> texts(String keyword) {
    return list(keyword).stream().map(String.class::cast).toList();
  }

  Optional<Long> number(String keyword) {
    return Optional.ofNullable((Number) tree.get(keyword)).map(Number::longValue);
  }

  Optional<String> text(String keyword) {
    return Optional.ofNullable((String) tree.get(keyword));
  }

  List<Rule> rules() {
    return list(RULES).stream()
        .map(DeployFiles::object)
        .map(rule ->
            new Rule(
                (String) rule.get("rule"),
                (String) rule.get("message"),
                (String) rule.getOrDefault("fieldPath", "")))
        .toList();
  }

  /** A CEL rule: what must hold, what to say if it does not, and of which field. */
  record Rule(String expression, String message, String fieldPath) {}

  /** This node and all below it. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    collect("", places);
    return places;
  }

  private void collect(String path, List<Place> places) {
    places.add(new Place(path, this));
    properties().forEach((name, schema) -> schema.collect(path + "." + name, places));
    additionalProperties().ifPresent(schema -> schema.collect(path + "{}", places));
    items().ifPresent(schema -> schema.collect(path + "[]", places));
  }

  private Optional<Schema> child(String keyword) {
    return Optional.ofNullable(tree.get(keyword)).map(DeployFiles::object).map(Schema::new);
  }

  private Map<String, Object> objectOrEmpty(String keyword) {
    return DeployFiles.object(tree.getOrDefault(keyword, Map.of()));
  }
}
