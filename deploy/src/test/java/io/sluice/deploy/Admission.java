package io.sluice.deploy;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges an object by its CRD as far as that is possible without an API server: the keywords that
 * our schemas use, unknown fields (as with kubectl, which asks for strict validation), and rules.
 */
final class Admission {

  private final List<String> errors = new ArrayList<>();

  private Admission() {}

  /** What is wrong with a value, each with its path; the value has its defaults already. */
  static List<String> errors(Schema schema, String path, Object value) {
    Admission admission = new Admission();
    admission.judge(schema, path, value);
    return admission.errors;
  }

  /** The value with what it leaves out, where the schema has a default. */
  static Object withDefaults(Schema schema, Object value) {
    return switch (value) {
      case Map<?, ?> map -> objectWithDefaults(schema, DeployFiles.object(map));
      case List<?> list when schema.items().isPresent() ->
          list.stream().map(item -> withDefaults(schema.items().get(), item)).toList();
      case null, default -> value;
    };
  }

  private static Map<String, Object> objectWithDefaults(Schema schema, Map<String, Object> map) {
    Map<String, Object> complete = new LinkedHashMap<>(map);
    schema
        .properties()
        .forEach((name, property) -> {
          if (property.has("default")) {
            complete.putIfAbsent(name, property.tree().get("default"));
          }
          complete.computeIfPresent(name, (_, value) -> withDefaults(property, value));
        });
    return complete;
  }

  private void judge(Schema schema, String path, Object value) {
    boolean fits =
        switch (schema.type()) {
          case "object" -> value instanceof Map;
          case "array" -> value instanceof List;
          case "string" -> value instanceof String;
          case "integer" -> value instanceof Integer || value instanceof Long;
          case "boolean" -> value instanceof Boolean;
          default -> throw new IllegalArgumentException(path + ": type " + schema.type());
        };
    if (!fits) {
      error(path, "must be of type " + schema.type());
      return;
    }
    int before = errors.size();
    switch (value) {
      case Map<?, ?> map -> judgeObject(schema, path, DeployFiles.object(map));
      case List<?> list -> judgeList(schema, path, list);
      case String text -> judgeText(schema, path, text);
      default -> {}
    }
    if (errors.size() == before) {
      schema.rules().stream()
          .filter(rule -> !CelRules.holds(rule, schema, value))
          .forEach(rule -> error(path + rule.fieldPath(), rule.message()));
    }
  }

  private void judgeObject(Schema schema, String path, Map<String, Object> object) {
    schema.texts("required").stream()
        .filter(name -> !object.containsKey(name))
        .forEach(name -> error(path + "." + name, "required"));
    object.forEach((name, value) -> {
      Schema property = schema.properties().get(name);
      if (property != null) {
        judge(property, path + "." + name, value);
      } else if (schema.additionalProperties().isPresent()) {
        judge(schema.additionalProperties().get(), path + "." + name, value);
      } else if (!schema.preservesUnknown()) {
        error(path + "." + name, "unknown field");
      }
    });
  }

  private void judgeList(Schema schema, String path, List<?> list) {
    bounds(schema, path, list.size(), "Items");
    for (int i = 0; i < list.size(); i++) {
      judge(schema.items().orElseThrow(), path + "[" + i + "]", list.get(i));
    }
  }

  private void judgeText(Schema schema, String path, String text) {
    bounds(schema, path, text.length(), "Length");
    if (schema.has("enum") && !schema.list("enum").contains(text)) {
      error(path, "must be one of " + schema.list("enum"));
    }
    schema
        .text("pattern")
        .filter(pattern -> !Pattern.compile(pattern).matcher(text).find())
        .ifPresent(pattern -> error(path, "must match " + pattern));
  }

  private void bounds(Schema schema, String path, int size, String of) {
    schema
        .number("min" + of)
        .filter(least -> size < least)
        .ifPresent(least -> error(path, "min" + of + " " + least));
    schema
        .number("max" + of)
        .filter(most -> size > most)
        .ifPresent(most -> error(path, "max" + of + " " + most));
  }

  private void error(String path, String message) {
    errors.add(path + ": " + message);
  }
}
