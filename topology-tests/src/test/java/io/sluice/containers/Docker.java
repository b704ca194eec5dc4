package io.sluice.containers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.NotFoundException;
import java.util.List;
import org.testcontainers.DockerClientFactory;

/** What the container tests need of the machine. */
final class Docker {

  /** The tag of these tests: the build runs them apart. */
  static final String TAG = "containers";

  /** The public image, or the stand-in of a machine without a registry. */
  static final String KAFKA_IMAGE = "apache/kafka:4.3.1";

  private static final List<String> PROGRAMS = List.of("watcher", "allocator", "node-agent", "cli");

  private Docker() {}

  /** Skips the tests, with a word, where no Docker answers; continuous integration counts that. */
  static void require() {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        () -> skipped("no Docker daemon answers, so nothing in containers was tested"));
  }

  /** The same where the images were not built. */
  static void requireImages() {
    require();
    for (String program : PROGRAMS) {
      String image = "sluice/%s:%s".formatted(program, System.getProperty("sluice.version"));
      assumeTrue(
          exists(image),
          () -> skipped("there is no image " + image + "; build it: ./sluice images"));
    }
  }

  private static boolean exists(String image) {
    try {
      return DockerClientFactory.lazyClient().inspectImageCmd(image).exec() != null;
    } catch (NotFoundException _) {
      return false;
    }
  }

  /** Maven only counts what is skipped. */
  private static String skipped(String why) {
    String message = "SKIPPED: " + why;
    System.out.println(message);
    return message;
  }
}
