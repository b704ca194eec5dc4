package io.sluice.watcher.core;

import io.sluice.model.MalformedResource.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Reads the fields of one object of a parsed YAML or JSON tree. A wrong field is remembered with
 * its path and read as if it were missing, so that one reading finds all that is wrong. As in
 * Kubernetes, {@code null} is the same as missing.
 */
final class Fields {

  private final String path;
  private final Map<?, ?> tree;
  private final List<FieldError> errors;

  private Fields(String path, Map<?, ?> tree, List<FieldError> errors) {
    this.path = path;
    this.tree = tree;
    this.errors = errors;
  }

  /** The fields of a whole object; whatever is wrong in it goes to that list. */
  static Fields of(Map<?, ?> tree, List<FieldError> errors) {
    return new Fields("", tree, errors);
  }

  /** Adds that a field is wrong. */
  void error(String name, String message) {
    errors.add(new FieldError(at(name), message));
  }

  boolean has(String name) {
    return tree.get(name) != null;
  }

  boolean isEmptyList(String name) {
    return tree.get(name) instanceof List<?> list && list.isEmpty();
  }

  /** The names of all fields that are there. */
  List<String> names() {
    return tree.entrySet().stream()
        .filter(field -> field.getValue() != null)
        .map(field -> String.valueOf(field.getKey()))
        .sorted()
        .toList();
  }

  /**
   * Reports every field that is none of these: a typing error must not widen what a policy does.
   */
  void only(String... known) {
    for (String name : names()) {
      if (!Arrays.asList(known).contains(name)) {
        error(name, "is not known here; known are " + String.join(", ", known));
      }
    }
  }

  Optional<String> text(String name) {
    return switch (tree.get(name)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      case Object other -> {
        wrongType(name, other, "text");
        yield Optional.empty();
      }
    };
  }

  /** A text that must be there and not be empty. */
  Optional<String> requiredText(String name, String hint) {
    Optional<String> text = text(name);
    boolean wrongType = text.isEmpty() && has(name);
    if (!wrongType && text.orElse("").isEmpty()) {
      error(name, "is missing; " + hint);
      return Optional.empty();
    }
    return text;
  }

  boolean flag(String name) {
    return switch (tree.get(name)) {
      case null -> false;
      case Boolean flag -> flag;
      case Object other -> {
        wrongType(name, other, "true or false");
        yield false;
      }
    };
  }

  OptionalLong number(String name) {
    return switch (tree.get(name)) {
      case null -> OptionalLong.empty();
      case Integer number -> OptionalLong.of(number);
      case Long number -> OptionalLong.of(number);
      case Object other -> {
        wrongType(name, other, "a whole number");
        yield OptionalLong.empty();
      }
    };
  }

  /** An object within this one. */
  Optional<Fields> object(String name) {
    return switch (tree.get(name)) {
      case null -> Optional.empty();
      case Map<?, ?> map -> Optional.of(new Fields(at(name), map, errors));
      case Object other -> {
        wrongType(name, other, "an object");
        yield Optional.empty();
      }
    };
  }

  /** An object within this one; without fields if it is not there. */
  Fields objectOrEmpty(String name) {
    return object(name).orElseGet(() -> new Fields(at(name), Map.of(), errors));
  }

  /** A list of objects; entries that are none are reported and left out. */
  List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    List<?> list = list(name);
    for (int i = 0; i < list.size(); i++) {
      String entry = name + "[" + i + "]";
      if (list.get(i) instanceof Map<?, ?> map) {
        objects.add(new Fields(at(entry), map, errors));
      } else {
        wrongType(entry, list.get(i), "an object");
      }
    }
    return objects;
  }

  /** A list of texts; entries that are none are reported and left out. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    List<?> list = list(name);
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof String text) {
        texts.add(text);
      } else {
        wrongType(name + "[" + i + "]", list.get(i), "text");
      }
    }
    return texts;
  }

  /** Labels or annotations: an object of nothing but texts. */
  Map<String, String> textMap(String name) {
    return object(name).map(Fields::allTexts).orElse(Map.of());
  }

  /** All fields of this object, which must be texts. */
  Map<String, String> allTexts() {
    Map<String, String> texts = new TreeMap<>();
    tree.forEach((key, value) -> {
      if (!(key instanceof String name)) {
        error(String.valueOf(key), "has a name that is " + typeOf(key) + "; put it in quotes");
      } else if (value instanceof String text) {
        texts.put(name, text);
      } else {
        wrongType(name, value, "text");
      }
    });
    return texts;
  }

  private List<?> list(String name) {
    return switch (tree.get(name)) {
      case null -> List.of();
      case List<?> list -> list;
      case Object other -> {
        wrongType(name, other, "a list");
        yield List.of();
      }
    };
  }

  private void wrongType(String name, Object value, String wanted) {
    boolean quotesHelp =
        wanted.equals("text") && (value instanceof Number || value instanceof Boolean);
    error(
        name,
        "is %s and must be %s%s"
            .formatted(typeOf(value), wanted, quotesHelp ? "; put it in quotes" : ""));
  }

  private static String typeOf(Object value) {
    return switch (value) {
      case null -> "empty";
      case String text -> "the text \"" + text + "\"";
      case Boolean flag -> "the truth value " + flag;
      case Number number -> "the number " + number;
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "an object";
      case Object other -> "a " + other.getClass().getSimpleName();
    };
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
