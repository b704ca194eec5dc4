package io.sluice.schemas;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class SchemaHistoryTest {

  private static final Path HISTORY = Path.of("src/main/resources", SchemaHistory.DIRECTORY);

  @SuppressWarnings("unused") // named by @FieldSource
  private static final List<ProtocolType<?, ?>> TYPES = ProtocolType.ALL;

  @ParameterizedTest
  @FieldSource("TYPES")
  void theNewestVersionIsTheCurrentSchema(ProtocolType<?, ?> type) {
    List<Schema> versions = SchemaHistory.versions(type.name());
    assertThat(versions.isEmpty() ? null : versions.getLast())
        .as(
            "%s differs from version %d of its history. If the change is meant, add version %d:"
                + " put a sample of it into Samples, then run"
                + " mvn -pl schemas test -Dtest=WriteSchemaHistory",
            type.name(), versions.size(), versions.size() + 1)
        .isEqualTo(type.schema());
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void everyVersionCanBeReadToday(ProtocolType<?, ?> type) {
    for (Schema version : SchemaHistory.versions(type.name())) {
      assertThat(
              SchemaCompatibility.checkReaderWriterCompatibility(type.schema(), version)
                  .getResult()
                  .getIncompatibilities())
          .as("%s cannot be read any more", type.name())
          .isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void aKeyHasOneVersionForEver(ProtocolType<?, ?> type) {
    List<Schema> versions = SchemaHistory.versions(type.name());
    if (type.key()) {
      assertThat(versions)
          .as("%s is a key: with other bytes it would name another record", type.name())
          .hasSize(1);
    }
    assertThat(versions).isNotEmpty();
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void noTwoVersionsShareAFingerprint(ProtocolType<?, ?> type) {
    assertThat(
            SchemaHistory.versions(type.name()).stream()
                .map(SchemaNormalization::parsingFingerprint64))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void versionsCountFromOneWithoutAHole(ProtocolType<?, ?> type) throws IOException {
    int count = SchemaHistory.versions(type.name()).size();
    assertThat(namesIn(HISTORY.resolve(type.name())))
        .isEqualTo(IntStream.rangeClosed(1, count).mapToObj(i -> i + ".avsc").collect(toSet()));
  }

  @Test
  void onlyRecordsThatStandByThemselvesHaveAHistory() throws IOException {
    assertThat(namesIn(HISTORY))
        .isEqualTo(ProtocolType.ALL.stream().map(ProtocolType::name).collect(toSet()));
  }

  @Test
  void theCheckNoticesAFieldThatOldRecordsLack() {
    Schema old = new Schema.Parser().parse(RECORD.formatted(""));
    String field = ", {\"name\": \"b\", \"type\": \"int\"%s}";
    Schema without = new Schema.Parser().parse(RECORD.formatted(field.formatted("")));
    Schema with = new Schema.Parser().parse(RECORD.formatted(field.formatted(", \"default\": 1")));
    assertThat(compatibility(without, old)).isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
    assertThat(compatibility(with, old)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }

  private static final String RECORD =
      "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"a\", \"type\":"
          + " \"int\"}%s]}";

  private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
  }

  private static Set<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(toSet());
    }
  }
}
