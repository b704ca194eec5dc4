package io.sluice.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every version of a record's schema there ever was, from the resources {@code
 * /schema-history/<record>/<version>.avsc}, versions counting from 1 without a hole.
 */
final class SchemaHistory {

  static final String DIRECTORY = "schema-history";

  private SchemaHistory() {}

  /**
   * All versions, the oldest first.
   *
   * @param recordName the name without its namespace, such as {@code ResourceRecord}
   */
  static List<Schema> versions(String recordName) {
    List<Schema> versions = new ArrayList<>();
    for (int version = 1; ; version++) {
      String resource = "/%s/%s/%d.avsc".formatted(DIRECTORY, recordName, version);
      try (InputStream text = SchemaHistory.class.getResourceAsStream(resource)) {
        if (text == null) {
          return versions;
        }
        versions.add(new Schema.Parser().parse(text));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + resource, e);
      }
    }
  }
}
