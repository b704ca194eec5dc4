package io.sluice.allocator.core.allocation;

/**
 * Why something in a specification is not done.
 *
 * @param field the path, such as {@code spec.floatingIPs[2]}
 * @param reason one word in CamelCase
 * @param message what is wrong and what would mend it
 */
public record Refusal(String field, String reason, String message) {

  @Override
  public String toString() {
    return field + ": " + message;
  }
}
