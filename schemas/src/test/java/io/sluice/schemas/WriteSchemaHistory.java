package io.sluice.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.junit.jupiter.api.Test;

/**
 * Adds to the history: a new version for each schema that has changed, and golden files that are
 * missing. Nothing that is there is overwritten. Its name keeps it out of ordinary builds.
 *
 * <ol>
 *   <li>Change {@code sluice.avdl}; new fields need a default, keys stay as they are.
 *   <li>Add a sample of the next version to {@link Samples}.
 *   <li>Run {@code mvn -pl schemas test -Dtest=WriteSchemaHistory} and look at the new files.
 * </ol>
 */
final class WriteSchemaHistory {

  private static final Path HISTORY = Path.of("src/main/resources", SchemaHistory.DIRECTORY);

  @Test
  void writeWhatIsMissing() throws IOException {
    for (ProtocolType<?, ?> type : ProtocolType.ALL) {
      List<Schema> versions = SchemaHistory.versions(type.name());
      if (versions.isEmpty() || !versions.getLast().equals(type.schema())) {
        Path file = HISTORY.resolve(type.name()).resolve(versions.size() + 1 + ".avsc");
        Files.createDirectories(file.getParent());
        Files.writeString(file, SchemaFormatter.format("json/pretty", type.schema()) + "\n");
      }
    }
    for (Sample<?, ?> sample : Samples.ALL) {
      if (!Files.exists(sample.file())) {
        sample.writeGolden();
      }
    }
    assertThat(Samples.ALL).allMatch(sample -> Files.exists(sample.file()));
  }
}
