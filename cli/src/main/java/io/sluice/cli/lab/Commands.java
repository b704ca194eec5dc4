package io.sluice.cli.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code ip} and {@code nft}; the lab is set up by them, not through Sluice's own netlink. */
final class Commands {

  private static final long LIMIT_SECONDS = 20;

  private Commands() {}

  /** Runs {@code ip -batch} with these lines in the sandbox's own network namespace. */
  static void ip(List<String> lines) {
    run(List.of("ip", "-batch", "-"), String.join("\n", lines) + "\n");
  }

  /** Runs {@code ip -batch} with these lines in a namespace. */
  static void ip(NetworkNamespace namespace, List<String> lines) {
    run(List.of("ip", "-netns", namespace.name(), "-batch", "-"), String.join("\n", lines) + "\n");
  }

  /** Loads an nftables script in the sandbox's own network namespace. */
  static void nft(String script) {
    run(List.of("nft", "-f", "-"), script);
  }

  /** Loads an nftables script in a namespace. */
  static void nft(NetworkNamespace namespace, String script) {
    namespace.run(() -> nft(script));
  }

  /**
   * Runs a command to its end.
   *
   * @return what it wrote on its standard output
   * @throws LabException if it fails or takes longer than 20 s, with what it wrote
   */
  static String run(List<String> command, String input) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var toProcess = process.getOutputStream()) {
        toProcess.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new LabException(
            "%s took longer than %d s".formatted(String.join(" ", command), LIMIT_SECONDS));
      }
      if (process.exitValue() != 0) {
        throw new LabException(
            "%s failed: %s%n%s".formatted(String.join(" ", command), output.strip(), input));
      }
      return output;
    } catch (IOException e) {
      throw new LabException("%s: %s".formatted(String.join(" ", command), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted during " + String.join(" ", command), e);
    }
  }
}
