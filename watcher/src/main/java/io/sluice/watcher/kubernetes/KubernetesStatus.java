package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.StatusTarget;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.StatusTree;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows statuses on the {@code status} subresource of our custom resources, by server-side apply:
 * so that fields of other authors stay, and a field that is no longer said disappears.
 *
 * <p>An object with a field of a type that the schema does not know any more, which an older
 * definition let in, cannot be written that way. A JSON patch can: it replaces the whole status,
 * and validation passes over what the patch leaves as it was.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-Side
 *     Apply</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902, JSON Patch</a>
 */
final class KubernetesStatus implements StatusTarget {

  private static final Logger log = LoggerFactory.getLogger(KubernetesStatus.class);

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("sluice")
          .withForce(true)
          .build();

  private static final PatchContext REPLACE =
      new PatchContext.Builder().withPatchType(PatchType.JSON).withFieldManager("sluice").build();

  /**
   * What a server-side apply is answered, with the code 500, if what is stored does not fit the
   * types of the schema, whatever is applied: the second if nobody is on record yet as the owner of
   * a field, or nobody any more.
   */
  private static final Pattern STORED_OBJECT_DOES_NOT_FIT =
      Pattern.compile("failed to create typed live object|failed to convert new object");

  private final KubernetesClient client;

  KubernetesStatus(KubernetesClient client) {
    this.client = client;
  }

  /** The status of an object is as old as the object: nothing is left over elsewhere. */
  @Override
  public void begin(SortedSet<ObjectId> subjects) {}

  @Override
  public void write(ObjectId subject, Optional<Status> status) throws IOException {
    if (subject.kind() == Kind.MANIFEST_FILE || !ApiType.of(subject.kind()).isCustomResource()) {
      return;
    }
    try {
      show(subject, status);
      log.debug("status of {} written", subject);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        log.debug("status of {}: the object is gone", subject);
      } else if (Answers.mayHeal(e.getCode())) {
        throw new IOException(e.getMessage(), e);
      } else {
        log.error("status of {}: the API server refuses it: {}", subject, e.getMessage());
      }
    }
  }

  private void show(ObjectId subject, Optional<Status> status) {
    ApiType type = ApiType.of(subject.kind());
    GenericKubernetesResource object = ResourceTree.bare(subject, null, null);
    object.setApiVersion(type.apiVersion());
    object.setKind(type.kind().toString());
    Optional<Map<String, Object>> tree = status.map(StatusTree::status);
    tree.ifPresent(shown -> object.setAdditionalProperty("status", shown));
    var resources = client.genericKubernetesResources(KindInformer.definition(type));
    var resource =
        (type.kind().namespaced()
                ? resources.inNamespace(subject.namespace()).resource(object)
                : resources.resource(object))
            .subresource("status");
    try {
      resource.patch(APPLY);
    } catch (KubernetesClientException e) {
      if (!storedObjectDoesNotFit(e)) {
        throw e;
      }
      log.debug("status of {}: replaced, since it cannot be applied: {}", subject, e.getMessage());
      resource.patch(REPLACE, replacement(tree.orElse(Map.of())));
    }
  }

  private static boolean storedObjectDoesNotFit(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_INTERNAL_ERROR
        && STORED_OBJECT_DOES_NOT_FIT.matcher(e.getMessage()).find();
  }

  /** Unlike {@code replace}, {@code add} does not mind that there is no status yet. */
  private String replacement(Map<String, Object> status) {
    return client
        .getKubernetesSerialization()
        .asJson(List.of(Map.of("op", "add", "path", "/status", "value", status)));
  }
}
