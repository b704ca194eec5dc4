package io.sluice.cli.acls;

import io.sluice.cli.acls.ComponentAcls.Right;
import io.sluice.kafka.Component;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code sluice acls}. */
@Command(
    name = "acls",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints the least that each program has to be allowed on Kafka.",
      "",
      "By default as commands that grant it; nothing is contacted and nothing is changed."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:printed", "2:wrong options"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice acls --cluster production",
      "  ./sluice acls --component agent --principal 'User:CN=node-1,O=Example'",
      "  ./sluice acls --bootstrap-servers kafka:9093 --command-config admin.properties | sh",
      "  ./sluice acls --output json"
    })
public final class AclsCommand implements Callable<Integer> {

  /** How the rights are written. */
  enum Output {
    KAFKA_ACLS("kafka-acls"),
    JSON("json");

    private final String word;

    Output(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The Kubernetes cluster's name on the topics (default: ${DEFAULT-VALUE}).")
  private String cluster;

  @Option(
      names = "--component",
      paramLabel = "NAME",
      split = ",",
      description = "${COMPLETION-CANDIDATES}; all of them without this option.")
  private List<Component> components = List.of(Component.values());

  @Option(
      names = "--principal",
      paramLabel = "TYPE:NAME",
      description =
          "Whom to allow it, such as User:sluice-agent; needs one --component (default:"
              + " User:sluice-COMPONENT).")
  private String principal;

  @Option(
      names = "--application-prefix",
      paramLabel = "NAME",
      defaultValue = "sluice",
      description = "As the allocator is given it (default: ${DEFAULT-VALUE}).")
  private String applicationPrefix;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      defaultValue = "localhost:9092",
      description = "To stand in the commands (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers;

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "To stand in the commands: how an administrator of Kafka logs in.")
  private String commandConfig;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "kafka-acls",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  @Override
  public Integer call() {
    if (principal != null) {
      checkPrincipal();
    }
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case KAFKA_ACLS -> components.forEach(component -> printCommands(component, out));
      case JSON ->
          out.println(
              JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(components.stream().flatMap(this::json).toList()));
    }
    out.flush();
    return 0;
  }

  private void checkPrincipal() {
    if (components.size() != 1) {
      throw new ParameterException(
          spec.commandLine(), "--principal: say with --component what it is; one at a time");
    }
    try {
      SecurityUtils.parseKafkaPrincipal(principal);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--principal: TYPE:NAME, such as User:sluice, not " + principal, e);
    }
  }

  private String principalOf(Component component) {
    return principal == null ? "User:sluice-" + component : principal;
  }

  private List<Right> rights(Component component) {
    return new ComponentAcls(cluster, applicationPrefix).of(component);
  }

  private void printCommands(Component component, PrintWriter out) {
    out.printf("# %s of cluster %s%n", component, cluster);
    for (Right right : rights(component)) {
      List<String> words = new ArrayList<>(List.of("kafka-acls.sh"));
      words.addAll(List.of("--bootstrap-server", bootstrapServers));
      if (commandConfig != null) {
        words.addAll(List.of("--command-config", commandConfig));
      }
      words.addAll(List.of("--add", "--allow-principal", principalOf(component)));
      right
          .operations()
          .forEach(operation -> words.addAll(List.of("--operation", word(operation))));
      ResourcePattern resource = right.resource();
      words.add(option(resource.resourceType()));
      if (resource.resourceType() != ResourceType.CLUSTER) {
        words.add(resource.name());
      }
      if (resource.patternType() == PatternType.PREFIXED) {
        words.addAll(List.of("--resource-pattern-type", "prefixed"));
      }
      out.println(String.join(" ", words.stream().map(AclsCommand::quoted).toList()));
    }
  }

  private Stream<Map<String, Object>> json(Component component) {
    return rights(component).stream()
        .map(right -> {
          Map<String, Object> object = new LinkedHashMap<>();
          object.put("component", component.toString());
          object.put("principal", principalOf(component));
          object.put("resourceType", right.resource().resourceType().name());
          object.put("name", right.resource().name());
          object.put("patternType", right.resource().patternType().name());
          object.put("operations", right.operations().stream().map(Enum::name).toList());
          return object;
        });
  }

  private static String option(ResourceType type) {
    return switch (type) {
      case TOPIC -> "--topic";
      case GROUP -> "--group";
      case TRANSACTIONAL_ID -> "--transactional-id";
      case CLUSTER -> "--cluster";
      default -> throw new AssertionError("no component needs rights on " + type);
    };
  }

  /** As {@code kafka-acls.sh} names it: {@code DescribeConfigs}. */
  private static String word(AclOperation operation) {
    return SecurityUtils.operationName(operation);
  }

  /** For a shell. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_.,:=/@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
