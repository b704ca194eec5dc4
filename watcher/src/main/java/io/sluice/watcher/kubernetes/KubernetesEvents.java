package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.watcher.EventTarget;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.events.Event;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of the API group {@code events.k8s.io/v1}. An Event is made once, under a name that
 * follows from the record it is derived from, so making it again meets the one that is there.
 *
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/">
 *     Event v1</a>
 */
final class KubernetesEvents implements EventTarget {

  private static final Logger log = LoggerFactory.getLogger(KubernetesEvents.class);

  static final String CONTROLLER = "sluice.io/watcher";

  /** Where the Events of objects go that live in no namespace; the API server insists on it. */
  private static final String NAMESPACE_OF_CLUSTER_SCOPED = "default";

  /** A MicroTime is read with exactly six digits after the second. */
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int MAX_NAME = 253;

  private static final PatchContext MERGE =
      new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).build();

  private final KubernetesClient client;
  private final String instance;

  /**
   * A target that writes with this client.
   *
   * @param instance names this process on the Events it makes
   */
  KubernetesEvents(KubernetesClient client, String instance) {
    this.client = client;
    this.instance = instance;
  }

  @Override
  public void tell(Entrance entrance) throws IOException {
    ObjectId subject = entrance.first().regarding();
    if (subject.kind() == Kind.MANIFEST_FILE || !ApiType.of(subject.kind()).isCustomResource()) {
      return;
    }
    try {
      if (entrance.count() == 1) {
        create(entrance);
      } else {
        count(entrance);
      }
    } catch (KubernetesClientException e) {
      if (Answers.mayHeal(e.getCode())) {
        throw new IOException(e.getMessage(), e);
      }
      log.error("Event on {}: the API server refuses it: {}", subject, e.getMessage());
    }
  }

  private void create(Entrance entrance) {
    Optional<ObjectReference> regarding = reference(entrance.first().regarding());
    if (regarding.isEmpty()) {
      log.debug("no Event on {}: the object is gone", entrance.first().regarding());
      return;
    }
    try {
      client
          .events()
          .v1()
          .events()
          .inNamespace(namespace(entrance.first()))
          .resource(event(entrance, regarding.get()))
          .create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      log.debug("Event {} was told before", entrance.id());
    }
  }

  /** {@code kubectl describe} finds Events by the uid of the object. */
  private Optional<ObjectReference> reference(ObjectId id) {
    ApiType type = ApiType.of(id.kind());
    var resources = client.genericKubernetesResources(KindInformer.definition(type));
    GenericKubernetesResource object =
        type.kind().namespaced()
            ? resources.inNamespace(id.namespace()).withName(id.name()).get()
            : resources.withName(id.name()).get();
    return Optional.ofNullable(object)
        .map(found ->
            new ObjectReferenceBuilder()
                .withApiVersion(type.apiVersion())
                .withKind(type.kind().toString())
                .withNamespace(id.namespace().isEmpty() ? null : id.namespace())
                .withName(id.name())
                .withUid(found.getMetadata().getUid())
                .withResourceVersion(found.getMetadata().getResourceVersion())
                .build());
  }

  private io.fabric8.kubernetes.api.model.events.v1.Event event(
      Entrance entrance, ObjectReference regarding) {
    Event first = entrance.first();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace(first))
        .withName(name(entrance))
        .endMetadata()
        .withEventTime(microTime(first.origin().timeMillis()))
        .withReportingController(CONTROLLER)
        .withReportingInstance(instance)
        .withType(first.type().toString())
        .withReason(first.reason())
        .withAction(first.action())
        .withNote(first.note())
        .withRegarding(regarding)
        .build();
  }

  /**
   * Nothing of an Event may change but its series. It is named by an object, since by its name
   * alone the client library would read it first, for which the watcher has no right.
   */
  private void count(Entrance entrance) {
    try {
      client
          .events()
          .v1()
          .events()
          .inNamespace(namespace(entrance.first()))
          .resource(bare(entrance))
          .patch(
              MERGE,
              "{\"series\":{\"count\":%d,\"lastObservedTime\":\"%s\"}}"
                  .formatted(entrance.count(), MICRO_TIME.format(time(entrance.lastMillis()))));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      log.debug("Event {} is not kept any more", entrance.id());
    }
  }

  private static io.fabric8.kubernetes.api.model.events.v1.Event bare(Entrance entrance) {
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace(entrance.first()))
        .withName(name(entrance))
        .endMetadata()
        .build();
  }

  private static String namespace(Event event) {
    String namespace = event.regarding().namespace();
    return namespace.isEmpty() ? NAMESPACE_OF_CLUSTER_SCOPED : namespace;
  }

  private static String name(Entrance entrance) {
    String name = entrance.first().regarding().name();
    int room = MAX_NAME - 1 - entrance.id().length();
    return (name.length() <= room ? name : name.substring(0, room)) + "." + entrance.id();
  }

  private static MicroTime microTime(long millis) {
    return new MicroTime(MICRO_TIME.format(time(millis)));
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis);
  }
}
