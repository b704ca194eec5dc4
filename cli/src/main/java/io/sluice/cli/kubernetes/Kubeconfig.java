package io.sluice.cli.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.sluice.cli.lab.LabException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
   * @throws LabException if it cannot be read, names no API server, or has no such context
   */
  public static Kubeconfig read(Path file, Optional<String> context) {
    if (!Files.isReadable(file)) {
      throw new LabException("cannot read kubeconfig " + file);
    }
    try {
      Config config = config(file, context);
      context.ifPresent(name -> requireContext(config, name));
      URI server = URI.create(config.getMasterUrl());
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

  /** The client library would go on without one, to a server of its own choice. */
  private static void requireContext(Config config, String name) {
    List<String> known = config.getContexts().stream().map(NamedContext::getName).toList();
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "no context %s; it has %s".formatted(name, String.join(", ", known)));
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
