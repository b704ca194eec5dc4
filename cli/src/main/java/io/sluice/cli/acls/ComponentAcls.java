package io.sluice.cli.acls;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.sluice.allocator.kafka.DeadLetters;
import io.sluice.kafka.Component;
import io.sluice.schemas.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The least that a component has to be allowed. Reading or writing a topic includes describing it,
 * so that is not listed besides. Nobody may change anything of the Kafka cluster as a whole.
 *
 * @see <a href="https://kafka.apache.org/documentation/#operations_resources_and_protocols">Kafka:
 *     operations and resources on protocols</a>
 */
public final class ComponentAcls {

  private final String cluster;
  private final String applicationPrefix;

  /**
   * @param cluster the Kubernetes cluster's name on the topics
   * @param applicationPrefix as the allocator's option of that name
   */
  public ComponentAcls(String cluster, String applicationPrefix) {
    this.cluster = cluster;
    this.applicationPrefix = applicationPrefix;
  }

  /** What is to be allowed on one resource. */
  public record Right(ResourcePattern resource, Set<AclOperation> operations) {}

  /** All that the component needs. */
  public List<Right> of(Component component) {
    List<Right> rights = new ArrayList<>(topics(component));
    switch (component) {
      case WATCHER -> {
        // One watcher of a cluster fences the one before by it.
        rights.add(right(TRANSACTIONAL_ID, LITERAL, "sluice-watcher-" + cluster, WRITE, DESCRIBE));
        // Up to where Events have been told.
        rights.add(right(GROUP, LITERAL, "sluice-watcher-events-" + cluster, READ));
      }
      case ALLOCATOR -> {
        rights.add(right(TOPIC, LITERAL, DeadLetters.TOPIC, WRITE, CREATE));
        // How soon the brokers let an instance be missed; without it the default is taken.
        rights.add(right(CLUSTER, LITERAL, Resource.CLUSTER_NAME, DESCRIBE_CONFIGS));
        addApplication(applicationPrefix + "-allocation", rights);
        addApplication(applicationPrefix + "-selection", rights);
      }
      case AGENT, CLI -> {
        // They join no group and use no transaction.
      }
    }
    return rights;
  }

  /** What is to be allowed, as Kafka takes it. */
  public List<AclBinding> bindings(Component component, String principal) {
    return of(component).stream()
        .flatMap(right ->
            right.operations().stream()
                .map(operation ->
                    new AclBinding(
                        right.resource(),
                        new AccessControlEntry(
                            principal, "*", operation, AclPermissionType.ALLOW))))
        .toList();
  }

  private static List<Right> topics(Component component) {
    SortedMap<String, Set<AclOperation>> byName = new TreeMap<>();
    component.reads().forEach(topic -> allow(byName, topic, READ));
    component.writes().forEach(topic -> allow(byName, topic, WRITE));
    if (component != Component.CLI) {
      // Whoever depends on a topic's settings compares them before it relies on them.
      component.topics().forEach(topic -> allow(byName, topic, DESCRIBE_CONFIGS));
    }
    if (component.makesTopics()) {
      component.topics().forEach(topic -> allow(byName, topic, CREATE));
    }
    return byName.entrySet().stream()
        .map(entry ->
            new Right(new ResourcePattern(TOPIC, entry.getKey(), LITERAL), entry.getValue()))
        .toList();
  }

  private static void allow(
      SortedMap<String, Set<AclOperation>> byName, Topic<?, ?> topic, AclOperation operation) {
    byName.computeIfAbsent(topic.name(), _ -> EnumSet.noneOf(AclOperation.class)).add(operation);
  }

  /** A Kafka Streams application: its group, its transactions, its changelogs. */
  private static void addApplication(String id, List<Right> rights) {
    rights.add(right(GROUP, LITERAL, id, READ));
    rights.add(right(TRANSACTIONAL_ID, PREFIXED, id + "-", WRITE, DESCRIBE));
    rights.add(right(TOPIC, PREFIXED, id + "-", READ, WRITE, CREATE, DESCRIBE_CONFIGS));
  }

  private static Right right(
      ResourceType type,
      PatternType pattern,
      String name,
      AclOperation first,
      AclOperation... others) {
    return new Right(new ResourcePattern(type, name, pattern), EnumSet.of(first, others));
  }
}
