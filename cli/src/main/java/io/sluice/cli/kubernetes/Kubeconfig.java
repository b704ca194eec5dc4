package io.sluice.cli.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.sluice.cli.lab.LabException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to reach an API server, as {@code kubectl} is told.
 *
 * @param file an absolute path
 * @param context the context to use; otherwise the file's current one
 * @param host where the API server is
 */
public record Kubeconfig(Path file, Optional<String> context, String host, int port) {

  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  /**
   * Reads a file.
   *
   * @throws LabException if it cannot be read, or names no API server
   */
  public static Kubeconfig read(Path file, Optional<String> context) {
    if (!Files.isReadable(file)) {
      throw new LabException("cannot read kubeconfig " + file);
    }
    try {
      URI server = URI.create(config(file, context).getMasterUrl());
      int usual = "https".equals(server.getScheme()) ? HTTPS : HTTP;
      return new Kubeconfig(
          file.toAbsolutePath(),
          context,
          server.getHost(),
          server.getPort() < 0 ? usual : server.getPort());
    } catch (RuntimeException e) {
      throw new LabException("kubeconfig %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The same for the client library. */
  public Config config() {
    return config(file, context);
  }

  private static Config config(Path file, Optional<String> context) {
    return Config.fromKubeconfig(context.orElse(null), file.toFile());
  }
}
