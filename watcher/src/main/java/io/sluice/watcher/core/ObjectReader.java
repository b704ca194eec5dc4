package io.sluice.watcher.core;

import io.sluice.model.Kind;
import io.sluice.model.MalformedResource;
import io.sluice.model.MalformedResource.FieldError;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads Kubernetes objects from parsed YAML or JSON: trees of {@link Map}, {@link List}, {@link
 * String}, {@link Number} and {@link Boolean}. Only the structure is judged. Whether a text is a
 * usable address or network depends on the rest of the cluster and is left to allocation.
 *
 * <p>Metadata that is missing is read as zero or empty; see {@link ManifestIdentity}.
 */
public final class ObjectReader {

  /** An RFC 1123 subdomain, the rule for the names of all these kinds. */
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final int MAX_NAME_LENGTH = 253;
  private static final String DEFAULT_NAMESPACE = "default";

  private ObjectReader() {}

  /** Reads one document: an object, or each object of a {@code List}. */
  public static List<Reading> readDocument(Object document) {
    if (!(document instanceof Map<?, ?> tree)) {
      return List.of(
          refused(
              "document", "is not an object; a manifest begins with apiVersion, kind, metadata"));
    }
    if (!"List".equals(tree.get("kind"))) {
      return List.of(read(tree));
    }
    if (!(tree.get("items") instanceof List<?> items)) {
      return List.of(refused("items", "must be a list of objects"));
    }
    List<Reading> readings = new ArrayList<>();
    items.forEach(item -> readings.addAll(readDocument(item)));
    return readings;
  }

  /** Reads one object. */
  public static Reading read(Map<?, ?> tree) {
    List<FieldError> errors = new ArrayList<>();
    Fields object = Fields.of(tree, errors);
    Optional<String> kind = object.requiredText("kind", "give the kind of the object");
    Optional<String> apiVersion = object.requiredText("apiVersion", "give group and version");
    if (kind.isEmpty() || apiVersion.isEmpty()) {
      return new Reading.Refused(Optional.empty(), errors);
    }
    Optional<ApiType> type = ApiType.find(apiVersion.get(), kind.get());
    if (type.isEmpty()) {
      return new Reading.Foreign(apiVersion.get(), kind.get());
    }
    if (!type.get().apiVersions().contains(apiVersion.get())) {
      object.error(
          "apiVersion",
          "\"%s\" is not served; write %s"
              .formatted(apiVersion.get(), String.join(" or ", type.get().apiVersions())));
    }
    Fields metadata = object.objectOrEmpty("metadata");
    Optional<ObjectId> id = id(type.get().kind(), metadata);
    return id.isEmpty()
        ? new Reading.Refused(Optional.empty(), errors)
        : read(id.get(), object, metadata, errors);
  }

  private static Reading read(
      ObjectId id, Fields object, Fields metadataFields, List<FieldError> errors) {
    Metadata metadata = metadata(metadataFields);
    Map<String, String> labels = metadataFields.textMap("labels");
    return switch (id.kind()) {
      case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP ->
          resource(id, GatewayReader.read(object, metadata), errors);
      case EGRESS_NAT_POLICY -> resource(id, PolicyReader.read(object, metadata), errors);
      case NODE -> resource(id, NodeReader.read(object, metadata, labels), errors);
      case NAMESPACE -> workload(id, new Workload.Namespace(metadata, labels), errors);
      case POD -> workload(id, PodReader.read(object, metadata, labels), errors);
      case MANIFEST_FILE -> throw new AssertionError("no API type has this kind");
    };
  }

  private static Reading resource(ObjectId id, Resource resource, List<FieldError> errors) {
    Resource published =
        errors.isEmpty() ? resource : new MalformedResource(resource.metadata(), errors);
    return new Reading.Understood(id, new Observed.OfResource(published));
  }

  private static Reading workload(ObjectId id, Workload workload, List<FieldError> errors) {
    return errors.isEmpty()
        ? new Reading.Understood(id, new Observed.OfWorkload(workload))
        : new Reading.Refused(Optional.of(id), errors);
  }

  /** As with kubectl, a namespace on an object that has none is ignored. */
  private static Optional<ObjectId> id(Kind kind, Fields metadata) {
    Optional<String> name =
        name(metadata, "name", metadata.requiredText("name", "name the object"));
    Optional<String> namespace =
        kind.namespaced()
            ? name(
                metadata,
                "namespace",
                metadata.has("namespace")
                    ? metadata.requiredText("namespace", "name a namespace")
                    : Optional.of(DEFAULT_NAMESPACE))
            : Optional.of("");
    return name.isEmpty() || namespace.isEmpty()
        ? Optional.empty()
        : Optional.of(new ObjectId(kind, namespace.get(), name.get()));
  }

  private static Optional<String> name(Fields metadata, String field, Optional<String> text) {
    if (text.isPresent()
        && (text.get().length() > MAX_NAME_LENGTH || !NAME.matcher(text.get()).matches())) {
      metadata.error(
          field,
          "\"%s\" is not a name; use lower-case letters, digits, \"-\" and \".\", at most %d in all"
              .formatted(text.get(), MAX_NAME_LENGTH));
      return Optional.empty();
    }
    return text;
  }

  private static Metadata metadata(Fields metadata) {
    return new Metadata(
        metadata.text("uid").orElse(""),
        metadata.text("resourceVersion").orElse(""),
        metadata.number("generation").orElse(0),
        metadata
            .text("creationTimestamp")
            .flatMap(text -> time(metadata, text))
            .map(Instant::toEpochMilli)
            .orElse(0L));
  }

  private static Optional<Instant> time(Fields metadata, String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      metadata.error(
          "creationTimestamp",
          "\"%s\" is not a time such as 2026-01-31T12:00:00Z (%s)".formatted(text, e.getMessage()));
      return Optional.empty();
    }
  }

  private static Reading refused(String field, String message) {
    return new Reading.Refused(Optional.empty(), List.of(new FieldError(field, message)));
  }
}
