package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * What the manifests of {@code deploy/run} say, as the programs that are started with it read it.
 */
class InstallTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "watcher, io.sluice.watcher.Main, 9401",
    "allocator, io.sluice.allocator.Main, 9402",
    "node-agent, io.sluice.agent.Main, 9403"
  })
  void theProgramsTakeTheirArguments(String name, String main, int port) throws Exception {
    List<String> arguments = arguments(name);
    CommandLine command = new CommandLine(program(main)).setCaseInsensitiveEnumValuesAllowed(true);

    assertThatCode(() -> command.parseArgs(arguments.toArray(String[]::new)))
        .doesNotThrowAnyException();
    assertThat(arguments).anyMatch(argument -> argument.endsWith(":" + port));
  }

  private static Object program(String main) throws ReflectiveOperationException {
    Constructor<?> constructor = Class.forName(main).getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private List<String> arguments(String name) throws IOException {
    Path properties = Files.createFile(directory.resolve("kafka.properties"));
    Map<String, String> values =
        Map.of(
            "$(SLUICE_CLUSTER)", "default",
            "$(SLUICE_BOOTSTRAP_SERVERS)", "kafka:9092",
            "$(SLUICE_TOPIC_PARTITIONS)", "1",
            "$(SLUICE_TOPIC_REPLICATION)", "3",
            "/etc/sluice/kafka.properties", properties.toString());
    return pod(name).getContainers().getFirst().getArgs().stream()
        .map(argument -> replace(argument, values))
        .toList();
  }

  private static String replace(String argument, Map<String, String> values) {
    String replaced = argument;
    for (var value : values.entrySet()) {
      replaced = replaced.replace(value.getKey(), value.getValue());
    }
    assertThat(replaced).as("a variable that nothing sets").doesNotContain("$(");
    return replaced;
  }

  private static PodSpec pod(String name) throws IOException {
    try (InputStream yaml =
        Files.newInputStream(Path.of("../deploy/run/%s.yaml".formatted(name)))) {
      Object read = Serialization.unmarshal(yaml);
      List<?> objects = read instanceof List<?> list ? list : List.of(read);
      for (Object object : objects) {
        switch ((HasMetadata) object) {
          case Deployment deployment -> {
            return deployment.getSpec().getTemplate().getSpec();
          }
          case DaemonSet agents -> {
            return agents.getSpec().getTemplate().getSpec();
          }
          default -> {}
        }
      }
      throw new AssertionError("no Pods in " + name);
    }
  }
}
