package io.sluice.allocator.kafka;

import io.sluice.schemas.AdminAnswer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Settings of the brokers that decide how fast another instance can take over; of several brokers
 * the slowest.
 *
 * @param minSessionTimeoutMillis the shortest session timeout that is accepted
 * @param transactionCleanupMillis how often transactions that have timed out are looked for: the
 *     last resort, if fencing fails
 * @see <a href="https://kafka.apache.org/documentation/#brokerconfigs">Kafka's documentation</a>
 */
public record BrokerLimits(
    OptionalInt minSessionTimeoutMillis, OptionalInt transactionCleanupMillis) {

  static final String MIN_SESSION_TIMEOUT = "group.min.session.timeout.ms";
  static final String TRANSACTION_CLEANUP =
      "transaction.abort.timed.out.transaction.cleanup.interval.ms";

  /** Above this a take-over within a second is out of reach. */
  private static final int GOOD_SESSION_TIMEOUT_MILLIS = 500;

  private static final int GOOD_CLEANUP_MILLIS = 1_000;

  /** Nothing is known. */
  public static final BrokerLimits UNKNOWN =
      new BrokerLimits(OptionalInt.empty(), OptionalInt.empty());

  /**
   * Asks all brokers. Unknown where this is not allowed (it needs DescribeConfigs on the cluster).
   *
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
   */
  public static BrokerLimits ask(Admin admin) {
    try {
      List<ConfigResource> brokers =
          AdminAnswer.await(admin.describeCluster().nodes()).stream()
              .map(Node::idString)
              .map(id -> new ConfigResource(ConfigResource.Type.BROKER, id))
              .toList();
      Map<ConfigResource, Config> settings =
          AdminAnswer.await(admin.describeConfigs(brokers).all());
      return new BrokerLimits(
          greatest(settings.values(), MIN_SESSION_TIMEOUT),
          greatest(settings.values(), TRANSACTION_CLEANUP));
    } catch (AuthorizationException | UnsupportedVersionException _) {
      return UNKNOWN;
    }
  }

  private static OptionalInt greatest(Collection<Config> settings, String name) {
    return settings.stream()
        .map(config -> Optional.ofNullable(config.get(name)).map(ConfigEntry::value))
        .flatMap(Optional::stream)
        .mapToInt(Integer::parseInt)
        .max();
  }

  /** The shortest session timeout that is both accepted and safe; empty if that is not known. */
  public OptionalInt bestSessionTimeoutMillis() {
    return minSessionTimeoutMillis.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.max(minSessionTimeoutMillis.getAsInt(), GOOD_SESSION_TIMEOUT_MILLIS));
  }

  /** What makes a take-over slow, each with what to change. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (minSessionTimeoutMillis.isEmpty()) {
      warnings.add(
          "the brokers' %s cannot be read (that needs DescribeConfigs on the cluster): give"
                  .formatted(MIN_SESSION_TIMEOUT)
              + " --session-timeout-millis to be faster than the default");
    }
    if (minSessionTimeoutMillis.orElse(0) > GOOD_SESSION_TIMEOUT_MILLIS) {
      warnings.add(
          ("the brokers' %s is %d: an instance that dies is noticed only after that time; set it"
                  + " to %d or less on every broker")
              .formatted(
                  MIN_SESSION_TIMEOUT,
                  minSessionTimeoutMillis.getAsInt(),
                  GOOD_SESSION_TIMEOUT_MILLIS));
    }
    if (transactionCleanupMillis.orElse(0) > GOOD_CLEANUP_MILLIS) {
      warnings.add(
          ("the brokers' %s is %d: should a dead instance's transaction not be ended by the one"
                  + " that takes over, its readers wait up to that long beyond the transaction's"
                  + " timeout; set it to 100 on every broker")
              .formatted(TRANSACTION_CLEANUP, transactionCleanupMillis.getAsInt()));
    }
    return warnings;
  }
}
