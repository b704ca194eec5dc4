package io.sluice.kafka;

import java.util.Optional;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/**
 * What Kafka answers to a client that it does not know, or that may not do what it asks for. Trying
 * again is of no use before somebody has changed a setting.
 */
public final class Refusal {

  private static final String RIGHTS = "; sluice acls prints the rights of each program";

  private Refusal() {}

  /** The refusal in this failure or in one of its causes, as a sentence that says what to mend. */
  public static Optional<String> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<String> sentence = sentence(cause);
      if (sentence.isPresent()) {
        return sentence;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> sentence(Throwable failure) {
    return Optional.ofNullable(
        switch (failure) {
          case SaslAuthenticationException e ->
              "Kafka refuses the login: %s; check sasl.jaas.config and sasl.mechanism in --kafka-config"
                  .formatted(e.getMessage());
          case UnsupportedSaslMechanismException e ->
              "Kafka refuses the login: %s; check sasl.mechanism in --kafka-config"
                  .formatted(e.getMessage());
          case SslAuthenticationException e ->
              ("no TLS connection with Kafka: %s; check ssl.truststore.* (does it hold the"
                      + " authority of the broker's certificate?) and ssl.keystore.* in"
                      + " --kafka-config")
                  .formatted(reason(e));
          case TopicAuthorizationException e ->
              "Kafka does not allow this client to use the topics %s as it has to%s"
                  .formatted(e.unauthorizedTopics(), RIGHTS);
          case GroupAuthorizationException e ->
              "Kafka does not allow this client to join the consumer group %s%s"
                  .formatted(e.groupId(), RIGHTS);
          case TransactionalIdAuthorizationException e ->
              "Kafka does not allow this client its transactional id: %s%s"
                  .formatted(e.getMessage(), RIGHTS);
          case ClusterAuthorizationException e ->
              "Kafka does not allow this client an operation on the whole Kafka cluster: %s%s"
                  .formatted(e.getMessage(), RIGHTS);
          case AuthorizationException e ->
              "Kafka does not allow it: %s%s".formatted(e.getMessage(), RIGHTS);
          default -> null;
        });
  }

  /** The handshake's own words are in the innermost cause. */
  private static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return innermost.getMessage();
  }
}
