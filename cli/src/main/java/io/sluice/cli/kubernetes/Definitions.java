package io.sluice.cli.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cli.lab.LabException;
import io.sluice.watcher.core.ApiType;

/** The definitions of Sluice's own kinds, without which an API server knows none of them. */
public final class Definitions {

  private Definitions() {}

  /**
   * Refuses to go on where they are missing.
   *
   * @throws LabException saying how to install them
   */
  public static void require(KubernetesClient client) {
    for (ApiType type : ApiType.values()) {
      String name = type.plural() + "." + type.group();
      if (type.isCustomResource()
          && client.apiextensions().v1().customResourceDefinitions().withName(name).get() == null) {
        throw new LabException(
            "the cluster does not know %s; install it first: kubectl apply -k deploy"
                .formatted(name));
      }
    }
  }
}
