package io.sluice.model;

import java.util.List;

/**
 * An object whose structure could not be understood. It is published all the same, so that its
 * owner is told in its status.
 */
public record MalformedResource(Metadata metadata, List<FieldError> errors) implements Resource {

  public MalformedResource {
    errors = List.copyOf(errors);
  }

  /**
   * One thing that is wrong.
   *
   * @param field the path, such as {@code spec.destinations[0].cidr}
   * @param message what is wrong with it and what would be right
   */
  public record FieldError(String field, String message) {

    @Override
    public String toString() {
      return field + ": " + message;
    }
  }
}
