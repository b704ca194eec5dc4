package io.sluice.schemas;

import java.util.List;

/** Topics on Kafka have settings with which Sluice would be wrong or unsafe. */
public final class TopicCatalogueException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TopicCatalogueException(List<String> contradictions) {
    super(String.join(System.lineSeparator(), contradictions));
  }
}
