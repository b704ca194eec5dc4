package io.sluice.api;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds to a schema what no annotation can say; its input is that part of the schema as YAML. The
 * generator's own customizer of this kind replaces where this one merges.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7386">RFC 7386, JSON Merge Patch</a>
 */
public final class SchemaPatch implements SchemaCustomizer.Customizer {

  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    Map<?, ?> patch = serialization.unmarshal(input, Map.class);
    Map<?, ?> before = serialization.convertValue(schema, Map.class);
    return serialization.convertValue(merged(before, patch), JSONSchemaProps.class);
  }

  private static Map<Object, Object> merged(Map<?, ?> before, Map<?, ?> patch) {
    Map<Object, Object> after = new LinkedHashMap<>(before);
    patch.forEach((key, value) -> after.merge(key, value, SchemaPatch::merged));
    return after;
  }

  private static Object merged(Object before, Object patch) {
    return before instanceof Map<?, ?> old && patch instanceof Map<?, ?> added
        ? merged(old, added)
        : patch;
  }
}
