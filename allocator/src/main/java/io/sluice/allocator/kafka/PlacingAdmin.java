package io.sluice.allocator.kafka;

import io.sluice.schemas.LeaderPlacement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The admin client of Kafka Streams, which makes the changelogs with it: they get the same leaders
 * as the topics of Sluice, since a decision is written to both in one transaction.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-787">KIP-787</a>
 */
final class PlacingAdmin extends ForwardingAdmin {

  PlacingAdmin(Map<String, Object> config) {
    super(config);
  }

  @Override
  public CreateTopicsResult createTopics(Collection<NewTopic> topics, CreateTopicsOptions options) {
    LeaderPlacement placement = LeaderPlacement.on(this);
    List<NewTopic> placed = topics.stream().map(placement::place).toList();
    return super.createTopics(placed, options);
  }
}
