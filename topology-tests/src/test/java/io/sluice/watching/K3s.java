package io.sluice.watching;

import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** A small Kubernetes in a container, shared by all tests of this JVM. */
final class K3s {

  private static final String IMAGE = "rancher/k3s:v1.34.1-k3s1";
  private static final long PULL_SECONDS = 180;

  private static K3sContainer container;

  private K3s() {}

  /** Why there is none; empty if it can be started. */
  static Optional<String> obstacle() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.of("no Docker daemon answers");
    }
    return isHere() || pull()
        ? Optional.empty()
        : Optional.of("the image " + IMAGE + " cannot be had");
  }

  private static boolean isHere() {
    try {
      return DockerClientFactory.lazyClient().inspectImageCmd(IMAGE).exec() != null;
    } catch (NotFoundException _) {
      return false;
    }
  }

  private static boolean pull() {
    try {
      return DockerClientFactory.lazyClient()
          .pullImageCmd(IMAGE)
          .start()
          .awaitCompletion(PULL_SECONDS, TimeUnit.SECONDS);
    } catch (DockerException | DockerClientException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Starts it, if it does not run yet. It is removed when this JVM ends. */
  static synchronized String kubeconfig() {
    if (container == null) {
      container = new K3sContainer(DockerImageName.parse(IMAGE));
      Runtime.getRuntime().addShutdownHook(new Thread(container::stop, "stop-k3s"));
      container.start();
    }
    return container.getKubeConfigYaml();
  }
}
