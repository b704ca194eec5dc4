package io.sluice.allocator.kafka;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How Kafka Streams names things under exactly-once v2: every thread of every process has a
 * transactional id of its own, {@code application-process-thread}, where the process is a random
 * UUID; and without a {@code client.id} of the operator's, a thread's consumer is {@code
 * application-process-StreamThread-thread-consumer}. So the members of the group say which
 * transactional ids have a live owner.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-447">KIP-447</a>
 */
final class TransactionalIds {

  private static final String PROCESS = "(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})";

  private final Pattern transactionalId;
  private final Pattern consumer;

  /**
   * @param applicationId of the application whose transactions they are; another one's name may
   *     begin with it
   */
  TransactionalIds(String applicationId) {
    String application = Pattern.quote(applicationId);
    transactionalId = Pattern.compile(application + "-" + PROCESS + "-\\d+");
    consumer = Pattern.compile(application + "-" + PROCESS + "-StreamThread-(\\d+)-consumer");
  }

  /**
   * Those that nobody will end.
   *
   * @param ongoing the transactional ids that have an open transaction, of whatever application
   * @param own those of this process
   * @param members the client ids of the members of the application's group
   */
  SortedSet<String> abandoned(
      Collection<String> ongoing, Set<String> own, Collection<String> members) {
    SortedSet<String> abandoned = new TreeSet<>();
    for (String id : ongoing) {
      if (transactionalId.matcher(id).matches()) {
        abandoned.add(id);
      }
    }
    abandoned.removeAll(own);
    members.forEach(member -> ofMember(member).ifPresent(abandoned::remove));
    return abandoned;
  }

  private Optional<String> ofMember(String clientId) {
    Matcher matcher = consumer.matcher(clientId);
    return matcher.matches()
        ? Optional.of(clientId.substring(0, matcher.end(1)) + "-" + matcher.group(2))
        : Optional.empty();
  }
}
