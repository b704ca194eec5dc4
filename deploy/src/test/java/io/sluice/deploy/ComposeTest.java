package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.MalformedResource;
import io.sluice.watcher.core.ObjectReader;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Compose files, and the objects that take the place of a Kubernetes API there. */
class ComposeTest {

  private static final Path COMPOSE = DeployFiles.path("../docker-compose.yml");
  private static final Path THREE_BROKERS = DeployFiles.path("../docker-compose.three-brokers.yml");

  /** Not ours: what these images ask for is their makers' to say. */
  private static final Set<String> FOREIGN_IMAGES = Set.of("apache/kafka", "rancher/k3s");

  private static final Map<String, List<String>> CAPABILITIES =
      Map.of(
          "node-1", List.of("NET_ADMIN", "NET_RAW"),
          "node-2", List.of("NET_ADMIN", "NET_RAW"),
          "node-3", List.of("NET_ADMIN", "NET_RAW"),
          "outside", List.of("NET_ADMIN"));

  /** What would give a container more than its capabilities, or open it to the host's network. */
  private static final List<String> NEVER =
      List.of("privileged", "devices", "pid", "ipc", "userns_mode", "ports");

  /**
   * A service of a Compose file.
   *
   * @param name its name there
   * @param settings what stands below it
   */
  record Service(String name, Map<String, Object> settings) {

    boolean isOurs() {
      String image = String.valueOf(settings.get("image"));
      return FOREIGN_IMAGES.stream().noneMatch(foreign -> image.startsWith(foreign + ":"));
    }

    List<?> list(String setting) {
      return (List<?>) settings.getOrDefault(setting, List.of());
    }

    /** Its fixed address on a network. */
    Object address(String network) {
      Map<String, Object> networks = DeployFiles.object(settings.get("networks"));
      return DeployFiles.object(networks.get(network)).get("ipv4_address");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Service> services(Path file) {
    return DeployFiles.object(DeployFiles.document(file).get("services")).entrySet().stream()
        .map(entry -> new Service(entry.getKey(), DeployFiles.object(entry.getValue())));
  }

  static Stream<Service> everyService() {
    return services(COMPOSE);
  }

  static Stream<Service> ourServices() {
    return everyService().filter(Service::isOurs);
  }

  static List<Map<String, Object>> objects() {
    return DeployFiles.yamlBelow("compose/manifests").stream()
        .flatMap(file -> DeployFiles.documents(file).stream())
        .toList();
  }

  @Test
  void theServicesAreThose() {
    assertThat(ourServices())
        .extracting(Service::name)
        .contains("watcher", "watcher-kubernetes", "allocator-1", "node-1", "outside", "cli");
    assertThat(everyService().filter(service -> !service.isOurs()))
        .extracting(Service::name)
        .containsExactlyInAnyOrder("kafka", "kubernetes", "kubernetes-objects");
  }

  @ParameterizedTest
  @MethodSource("ourServices")
  void aServiceMayDoNothingThatItNeedNot(Service service) {
    assertThat(service.settings())
        .containsEntry("read_only", true)
        .containsEntry("cap_drop", List.of("ALL"))
        .containsEntry("security_opt", List.of("no-new-privileges:true"));
    assertThat(service.list("cap_add"))
        .isEqualTo(CAPABILITIES.getOrDefault(service.name(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("everyService")
  void nothingIsOpenedToTheHost(Service service) {
    assertThat(service.settings()).doesNotContainKeys(NEVER.toArray(String[]::new));
    assertThat(service.settings().get("network_mode")).isIn(null, "service:kubernetes");
  }

  @Test
  void whatThreeBrokersChangeGivesNobodyMore() {
    assertThat(services(THREE_BROKERS))
        .allSatisfy(service ->
            assertThat(service.settings().keySet())
                .isSubsetOf("image", "networks", "environment", "depends_on"));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void theWatcherUnderstandsAnObject(Map<String, Object> object) {
    Reading reading = ObjectReader.read(object);
    assertThat(reading).isInstanceOf(Reading.Understood.class);
    if (((Reading.Understood) reading).object() instanceof Observed.OfResource observed) {
      assertThat(observed.resource()).isNotInstanceOf(MalformedResource.class);
    }
  }

  @Test
  void gatewayAndPolicyAreTheExamples() {
    for (String file : List.of("gateway.yaml", "policy.yaml")) {
      assertThat(DeployFiles.text(DeployFiles.path("compose/manifests/" + file)))
          .as(file)
          .isEqualTo(DeployFiles.text(DeployFiles.path("examples/" + file)));
    }
  }

  /** Containers have fixed addresses, and the objects say which. */
  @Test
  void theObjectsNameTheAddressesOfTheContainers() {
    Map<String, Object> containers = new TreeMap<>();
    Map<String, Object> said = new TreeMap<>();
    Map<String, Service> services = new TreeMap<>();
    everyService().forEach(service -> services.put(service.name(), service));
    for (Map<String, Object> object : objects()) {
      String name = (String) DeployFiles.object(object.get("metadata")).get("name");
      switch ((String) object.get("kind")) {
        case "Node" -> {
          said.put(name, firstAddress(object));
          containers.put(name, services.get(name).address("underlay"));
        }
        case "Pod" -> {
          Object node = DeployFiles.object(object.get("spec")).get("nodeName");
          String network = node.toString().replace("node", "pods");
          said.put(name, DeployFiles.object(object.get("status")).get("podIP"));
          containers.put(name, services.get(name).address(network));
        }
        default -> {
          // It has no address.
        }
      }
    }
    assertThat(said).hasSizeGreaterThan(8).isEqualTo(containers);
  }

  private static Object firstAddress(Map<String, Object> node) {
    List<?> addresses = (List<?>) DeployFiles.object(node.get("status")).get("addresses");
    return DeployFiles.object(addresses.getFirst()).get("address");
  }
}
