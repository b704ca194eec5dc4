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
import java.util.Optional;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows statuses on the {@code status} subresource of our custom resources, by server-side apply:
 * so that fields of other authors stay, and a field that is no longer said disappears.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-Side
 *     Apply</a>
 */
final class KubernetesStatus implements StatusTarget {

  private static final Logger log = LoggerFactory.getLogger(KubernetesStatus.class);

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("sluice")
          .withForce(true)
          .build();

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
      apply(subject, status);
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

  private void apply(ObjectId subject, Optional<Status> status) {
    ApiType type = ApiType.of(subject.kind());
    GenericKubernetesResource object = ResourceTree.bare(subject, null, null);
    object.setApiVersion(type.apiVersion());
    object.setKind(type.kind().toString());
    status.ifPresent(shown -> object.setAdditionalProperty("status", StatusTree.status(shown)));
    var resources = client.genericKubernetesResources(KindInformer.definition(type));
    var resource =
        type.kind().namespaced()
            ? resources.inNamespace(subject.namespace()).resource(object)
            : resources.resource(object);
    resource.subresource("status").patch(APPLY);
  }
}
