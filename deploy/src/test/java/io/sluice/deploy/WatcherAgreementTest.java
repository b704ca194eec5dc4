package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.deploy.Definitions.Definition;
import io.sluice.model.AddressRange;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.MalformedResource;
import io.sluice.model.MalformedResource.FieldError;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.ObjectReader;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Reading;
import io.sluice.watcher.core.StatusTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server lets through is what the watcher reads, and the other way round. */
class WatcherAgreementTest {

  private static final String KNOWN = "is not known here; known are ";

  static List<Definition> definitions() {
    return Definitions.all();
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void theWatcherFollowsTheKind(Definition definition) {
    ApiType type = type(definition);
    assertThat(Definitions.all())
        .extracting(Definition::toString)
        .contains(type.apiVersion() + " " + definition.kind());
    boolean crdExists =
        DeployFiles.yamlBelow(Crds.DIRECTORY).stream()
            .anyMatch(file -> file.endsWith(type.plural() + ".yaml"));
    assertThat(crdExists).isTrue();
  }

  /** When the watcher refuses a field that it does not know, it names those that it knows. */
  @ParameterizedTest
  @MethodSource("definitions")
  void theSchemaHasTheFieldsThatTheWatcherReads(Definition definition) {
    List<Map<String, Set<String>>> schemaAndWatcher = new ArrayList<>();
    for (Schema.Place place : definition.schema().at("spec").places()) {
      if (!place.schema().properties().isEmpty()) {
        Map<String, Object> object = object(definition, "spec" + place.path());
        knownFields(object)
            .ifPresent(known ->
                schemaAndWatcher.add(
                    Map.of("schema", place.schema().properties().keySet(), "watcher", known)));
      }
    }
    assertThat(schemaAndWatcher)
        .hasSizeGreaterThan(1)
        .allSatisfy(fields -> assertThat(fields.get("schema")).isEqualTo(fields.get("watcher")));
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void aFullStatusFitsTheSchema(Definition definition) {
    Map<String, Object> status = StatusTree.status(fullStatus(definition));

    assertThat(Admission.errors(definition.schema().at("status"), "status", status)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void everyFieldOfTheStatusIsWritten(Definition definition) {
    Map<String, Object> status = StatusTree.status(fullStatus(definition));

    assertThat(status).containsOnlyKeys(definition.schema().at("status").properties().keySet());
    assertThat(DeployFiles.object(((List<?>) status.get("conditions")).getFirst()))
        .containsOnlyKeys(
            definition
                .schema()
                .at("status.conditions")
                .items()
                .orElseThrow()
                .properties()
                .keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.40.1.100",
        "10.40.1.100-10.40.1.102",
        "10.40.1.100 - 10.40.1.102",
        "10.40.1.96/28",
        "10.40.1.97/28",
        "fd00::1",
        "FD00::1-fd00::ff",
        "fd00::/120",
        "2001:db8:0:0:0:0:192.0.2.1",
        "",
        "10.40.1",
        "10.40.1.256",
        "10.40.1.100-",
        "-10.40.1.100",
        "10.40.1.1-10.40.1.2-10.40.1.3",
        "10.40.1.0/33",
        "10.40.1.0/",
        "10.040.1.1",
        "10.40.1.1/24-10.40.1.2",
        "fd00::1%eth0",
        "::ffff:10.0.0.1",
        "fd00:::1",
        "fd00::12345",
        "[fd00::1]",
        "example.com",
        " 10.40.1.100",
        "10.40.1.100\n",
        "10.40.1.100, 10.40.1.101"
      })
  void anEntryOfFloatingIpsIsAdmittedIfItCanBeRead(String text) {
    Schema list = spec(Kind.NETWORK_GATEWAY_GROUP).at("floatingIPs");

    assertThat(Admission.errors(list, "floatingIPs", List.of(text)).isEmpty())
        .isEqualTo(canBeRead(AddressRange::parse, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "203.0.113.0/24",
        "203.0.113.7/24",
        "0.0.0.0/0",
        "::/0",
        "2001:db8::/32",
        "203.0.113.0",
        "203.0.113.0/33",
        "203.0.113.0/-1",
        "2001:db8::/129",
        "203.0.113/24",
        "0.0.0.0/0/0",
        "everything"
      })
  void aDestinationIsAdmittedIfItCanBeRead(String text) {
    Schema destination = spec(Kind.EGRESS_NAT_POLICY).at("destinations").items().orElseThrow();

    assertThat(Admission.errors(destination, "", Map.of("cidr", text)).isEmpty())
        .isEqualTo(canBeRead(Cidr::parse, text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.40.1.100", "fd00::1", "10.40.1.100/32", "10.40.1", "any", ""})
  void anEgressSourceIpIsAdmittedIfItCanBeRead(String text) {
    Schema spec = spec(Kind.EGRESS_NAT_POLICY);
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("sources", List.of(Map.of("namespaceSelector", Map.of())));
    policy.put("destinations", List.of(Map.of("cidr", "0.0.0.0/0")));
    policy.put("egressSourceIP", text);

    assertThat(Admission.errors(spec, "spec", policy).isEmpty())
        .isEqualTo(canBeRead(IpAddress::parse, text));
  }

  private static boolean canBeRead(Consumer<String> reader, String text) {
    try {
      reader.accept(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Schema spec(Kind kind) {
    return definitions().stream()
        .filter(definition -> definition.kind().equals(kind.toString()))
        .findFirst()
        .orElseThrow()
        .schema()
        .at("spec");
  }

  private static ApiType type(Definition definition) {
    return Stream.of(ApiType.values())
        .filter(type -> type.kind().toString().equals(definition.kind()))
        .findFirst()
        .orElseThrow();
  }

  /** An object with nothing but a field of a strange name, at that place. */
  private static Map<String, Object> object(Definition definition, String path) {
    Object value = Map.of("matchLabels", Map.of(), "strange", "x");
    String[] names = path.split("\\.", -1);
    for (int i = names.length - 1; i >= 0; i--) {
      String name = names[i];
      value =
          name.endsWith("[]")
              ? Map.of(name.substring(0, name.length() - 2), List.of(value))
              : Map.of(name, value);
    }
    Map<String, Object> object = new LinkedHashMap<>(DeployFiles.object(value));
    object.put("apiVersion", definition.apiVersion());
    object.put("kind", definition.kind());
    object.put("metadata", Map.of("name", "x"));
    return object;
  }

  private static Optional<Set<String>> knownFields(Map<String, Object> object) {
    Observed read = ((Reading.Understood) ObjectReader.read(object)).object();
    MalformedResource malformed = (MalformedResource) ((Observed.OfResource) read).resource();
    return malformed.errors().stream()
        .filter(error -> error.field().endsWith(".strange"))
        .map(FieldError::message)
        .filter(message -> message.startsWith(KNOWN))
        .map(message -> Set.copyOf(Arrays.asList(message.substring(KNOWN.length()).split(", "))))
        .findFirst();
  }

  private static Status fullStatus(Definition definition) {
    boolean policy = definition.kind().equals(Kind.EGRESS_NAT_POLICY.toString());
    Condition condition = new Condition("Ready", Truth.FALSE, "Why", "what is wrong", 1L);
    return new Status(
        7,
        List.of(condition),
        policy ? Map.of() : Map.of("node-1", "Up", "node-2", "Down"),
        policy ? Map.of() : Map.of("10.40.1.100", "node-1"),
        policy ? List.of("10.40.1.100") : List.of(),
        policy ? Optional.of("node-1") : Optional.empty(),
        policy ? OptionalInt.of(3) : OptionalInt.empty());
  }
}
