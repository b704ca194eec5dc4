package io.sluice.schemas;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that are missing and compares those that exist with what Sluice needs.
 *
 * <p>Nothing that exists is altered: a setting that was changed was changed by somebody.
 */
public final class TopicCatalogue {

  /** With another value of these Sluice would lose state or mistake the time. */
  private static final Set<String> VITAL =
      Set.of(CLEANUP_POLICY_CONFIG, MESSAGE_TIMESTAMP_TYPE_CONFIG);

  private static final Logger log = LoggerFactory.getLogger(TopicCatalogue.class);

  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(15);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Admin admin;
  private final List<Topic<?, ?>> topics;
  private final int partitions;
  private final short replication;

  private TopicCatalogue(Admin admin, List<Topic<?, ?>> topics, int partitions, short replication) {
    this.admin = admin;
    this.topics = topics;
    this.partitions = partitions;
    this.replication = replication;
  }

  /**
   * Sees to it that every topic of {@link Topics#all()} exists. May be called by any number of
   * processes at once.
   *
   * @param partitions the number of partitions of every topic
   * @param replication the number of copies of topics that are made now
   * @return settings that differ from what Sluice would have chosen but do no harm
   * @throws TopicCatalogueException if the settings of a topic are unsafe; says what to change
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer or refuses
   */
  public static List<String> ensure(Admin admin, int partitions, short replication) {
    return ensure(admin, Topics.all(), partitions, replication);
  }

  /**
   * The same for some of the topics: a program asks for those it uses, and needs rights on no
   * other.
   *
   * @see #ensure(Admin, int, short)
   */
  public static List<String> ensure(
      Admin admin, List<Topic<?, ?>> topics, int partitions, short replication) {
    return new TopicCatalogue(admin, topics, partitions, replication).ensure();
  }

  private List<String> ensure() {
    SortedMap<String, TopicDescription> existing = describe();
    List<Topic<?, ?>> missing =
        topics.stream().filter(topic -> !existing.containsKey(topic.name())).toList();
    // First, so that a mistake in the configuration is found before topics are made with it.
    List<String> warnings = compare(existing);
    if (missing.isEmpty()) {
      return warnings;
    }
    create(missing);
    return compare(awaitAll());
  }

  /** The topics that exist, by name. */
  private SortedMap<String, TopicDescription> describe() {
    List<String> names = topics.stream().<String>map(Topic::name).toList();
    SortedMap<String, TopicDescription> existing = new TreeMap<>();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach((name, answer) ->
            ifItExists(name, answer).ifPresent(description -> existing.put(name, description)));
    return existing;
  }

  private static Optional<TopicDescription> ifItExists(
      String name, KafkaFuture<TopicDescription> answer) {
    try {
      return Optional.of(AdminAnswer.await(answer, name));
    } catch (UnknownTopicOrPartitionException _) {
      // The caller makes it.
      return Optional.empty();
    }
  }

  private void create(List<Topic<?, ?>> missing) {
    LeaderPlacement placement = LeaderPlacement.on(admin);
    List<NewTopic> wanted = missing.stream().map(this::newTopic).map(placement::place).toList();
    admin.createTopics(wanted).values().forEach(this::awaitCreation);
  }

  private NewTopic newTopic(Topic<?, ?> topic) {
    return new NewTopic(topic.name(), partitions, replication).configs(settings(topic));
  }

  private void awaitCreation(String name, KafkaFuture<Void> answer) {
    try {
      AdminAnswer.await(answer);
      log.info("created topic {}, partitions {}, copies {}", name, partitions, replication);
    } catch (TopicExistsException _) {
      log.debug("another process has just created topic {}", name);
    } catch (TopicAuthorizationException e) {
      throw new UnknownTopicOrPartitionException(
          ("topic %s does not exist (yet), and this client may not make it: watcher and allocator"
                  + " do, if they may")
              .formatted(name),
          e);
    }
  }

  private SortedMap<String, String> settings(Topic<?, ?> topic) {
    SortedMap<String, String> settings = new TreeMap<>(topic.config());
    settings.put(MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(inSync(replication)));
    return settings;
  }

  /**
   * A write is acknowledged by a majority, so that no acknowledged beat or grant dies with a
   * broker; two copies have no majority that survives one.
   */
  private static int inSync(int copies) {
    return copies >= 3 ? copies / 2 + 1 : 1;
  }

  /** A created topic becomes known to the brokers a moment later. */
  private SortedMap<String, TopicDescription> awaitAll() {
    long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
    while (true) {
      SortedMap<String, TopicDescription> existing = describe();
      if (existing.size() == topics.size()) {
        return existing;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("the topics just created do not show up on the broker");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** The topics that are missing are not spoken of. */
  private List<String> compare(SortedMap<String, TopicDescription> descriptions) {
    List<String> unsafe = new ArrayList<>();
    List<String> harmless = new ArrayList<>();
    Map<ConfigResource, Config> configs = describeConfigs(descriptions.keySet());
    for (Topic<?, ?> topic : topics) {
      TopicDescription description = descriptions.get(topic.name());
      if (description != null) {
        comparePartitions(description, unsafe);
        int copies = copies(description);
        compareReplication(topic, copies, harmless);
        Config config = configs.get(resource(topic.name()));
        compareDurability(topic, copies, config, unsafe, harmless);
        compareSettings(topic, config, unsafe, harmless);
      }
    }
    if (!unsafe.isEmpty()) {
      throw new TopicCatalogueException(unsafe);
    }
    return List.copyOf(harmless);
  }

  private void comparePartitions(TopicDescription description, List<String> unsafe) {
    int found = description.partitions().size();
    if (found != partitions) {
      unsafe.add(
          ("topic %s: it has %d partitions, wanted %d. A cluster's partition follows from their"
                  + " number, which is the same for all topics: set --topic-partitions=%d if all"
                  + " topics have that many, or delete the topic and let Sluice make it again")
              .formatted(description.name(), found, partitions, found));
    }
  }

  private static int copies(TopicDescription description) {
    return description.partitions().stream()
        .mapToInt(partition -> partition.replicas().size())
        .min()
        .orElse(0);
  }

  private void compareReplication(Topic<?, ?> topic, int found, List<String> harmless) {
    if (found != replication) {
      harmless.add(
          "topic %s: it has %d copies, wanted %d; kafka-reassign-partitions changes that"
              .formatted(topic.name(), found, replication));
    }
  }

  /**
   * A lease counts from an acknowledged beat. Were that beat lost with a broker, its node would
   * count as silent while its lease goes on: two holders, even in mode strict.
   */
  private static void compareDurability(
      Topic<?, ?> topic, int copies, Config config, List<String> unsafe, List<String> harmless) {
    ConfigEntry unclean = config.get(UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);
    if (unclean != null && Boolean.parseBoolean(unclean.value())) {
      unsafe.add(
          contradiction(topic.name(), UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, unclean, "false"));
    }
    int needed = inSync(copies);
    ConfigEntry inSync = config.get(MIN_IN_SYNC_REPLICAS_CONFIG);
    int found = inSync == null ? 1 : Integer.parseInt(inSync.value());
    if (found < needed) {
      unsafe.add(
          contradiction(
              topic.name(), MIN_IN_SYNC_REPLICAS_CONFIG, inSync, Integer.toString(needed)));
    } else if (found > needed && copies > 1) {
      harmless.add(
          contradiction(
              topic.name(), MIN_IN_SYNC_REPLICAS_CONFIG, inSync, Integer.toString(needed)));
    }
  }

  private Map<ConfigResource, Config> describeConfigs(Set<String> topics) {
    List<ConfigResource> resources = topics.stream().map(TopicCatalogue::resource).toList();
    Map<ConfigResource, Config> configs = new HashMap<>();
    admin
        .describeConfigs(resources)
        .values()
        .forEach((resource, answer) ->
            configs.put(resource, AdminAnswer.await(answer, resource.name())));
    return configs;
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private void compareSettings(
      Topic<?, ?> topic, Config config, List<String> unsafe, List<String> harmless) {
    topic
        .config()
        .forEach((setting, wanted) -> {
          ConfigEntry found = config.get(setting);
          if (found == null || !wanted.equals(found.value())) {
            (VITAL.contains(setting) ? unsafe : harmless)
                .add(contradiction(topic.name(), setting, found, wanted));
          }
        });
  }

  private static String contradiction(
      String topic, String setting, ConfigEntry found, String wanted) {
    return ("topic %1$s: %2$s is %3$s, wanted %4$s; to change it: kafka-configs"
            + " --bootstrap-server HOST:PORT --alter --entity-type topics --entity-name %1$s"
            + " --add-config %2$s=%4$s")
        .formatted(topic, setting, found == null ? "not set" : found.value(), wanted);
  }
}
