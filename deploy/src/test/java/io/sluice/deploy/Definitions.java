package io.sluice.deploy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The custom resources as the checked-in CRDs define them. */
final class Definitions {

  private static final Set<String> OUTSIDE_THE_SCHEMA = Set.of("apiVersion", "kind", "metadata");

  private Definitions() {}

  /** One served version of one kind. */
  record Definition(String apiVersion, String kind, Schema schema, List<?> columns) {

    /** What the API server would say against creating this object; empty if nothing. */
    List<String> refusals(Map<String, Object> object) {
      return Admission.errors(schema, "", admitted(object));
    }

    /** The object's own fields, with defaults. */
    Map<String, Object> admitted(Map<String, Object> object) {
      Map<String, Object> own = new LinkedHashMap<>(object);
      own.keySet().removeAll(OUTSIDE_THE_SCHEMA);
      return DeployFiles.object(Admission.withDefaults(schema, own));
    }

    @Override
    public String toString() {
      return apiVersion + " " + kind;
    }
  }

  static List<Definition> all() {
    return DeployFiles.yamlBelow(Crds.DIRECTORY).stream()
        .map(DeployFiles::document)
        .flatMap(crd -> ofCrd(DeployFiles.object(crd.get("spec"))).stream())
        .toList();
  }

  /** The definition that an object claims to follow. */
  static Definition of(Map<String, Object> object) {
    return all().stream()
        .filter(definition -> definition.apiVersion().equals(object.get("apiVersion")))
        .filter(definition -> definition.kind().equals(object.get("kind")))
        .findFirst()
        .orElseThrow();
  }

  private static List<Definition> ofCrd(Map<String, Object> spec) {
    String kind = (String) DeployFiles.object(spec.get("names")).get("kind");
    return ((List<?>) spec.get("versions"))
        .stream()
            .map(DeployFiles::object)
            .map(version ->
                new Definition(
                    spec.get("group") + "/" + version.get("name"),
                    kind,
                    new Schema(
                        DeployFiles.object(
                            DeployFiles.object(version.get("schema")).get("openAPIV3Schema"))),
                    (List<?>) version.get("additionalPrinterColumns")))
            .toList();
  }
}
