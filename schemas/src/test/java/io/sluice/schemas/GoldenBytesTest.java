package io.sluice.schemas;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What was once written reads as what was meant, for ever. */
final class GoldenBytesTest {

  @SuppressWarnings("unused") // named by @FieldSource
  private static final List<Sample<?, ?>> SAMPLES = Samples.ALL;

  @SuppressWarnings("unused") // named by @FieldSource
  private static final List<ProtocolType<?, ?>> TYPES = ProtocolType.ALL;

  @ParameterizedTest
  @FieldSource("SAMPLES")
  <T, R extends SpecificRecordBase> void oldBytesReadAsTheValueThatWasWritten(Sample<T, R> sample) {
    assertThat(sample.serde().deserializer().deserialize("golden", sample.golden()))
        .isEqualTo(sample.value());
  }

  @ParameterizedTest
  @FieldSource("SAMPLES")
  void aValueIsStillWrittenInTheOldestVersionThatCanSayIt(Sample<?, ?> sample) {
    assertThat(sample.written()).inHexadecimal().isEqualTo(sample.golden());
  }

  @ParameterizedTest
  @FieldSource("SAMPLES")
  void theHeaderNamesTheVersionByItsFingerprint(Sample<?, ?> sample) throws Exception {
    Schema version = SchemaHistory.versions(sample.recordName()).get(sample.version() - 1);
    byte[] golden = sample.golden();
    assertThat(golden).startsWith(0xC3, 0x01);
    assertThat(Arrays.copyOfRange(golden, 2, 10))
        .isEqualTo(SchemaNormalization.parsingFingerprint("CRC-64-AVRO", version));
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void everyVersionHasASample(ProtocolType<?, ?> type) {
    assertThat(
            Samples.ALL.stream()
                .filter(sample -> sample.recordName().equals(type.name()))
                .map(Sample::version)
                .collect(toSet()))
        .isEqualTo(
            IntStream.rangeClosed(1, SchemaHistory.versions(type.name()).size())
                .boxed()
                .collect(toSet()));
  }

  @Test
  void noGoldenFileHasLostItsSample() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/golden"))) {
      assertThat(files.filter(Files::isRegularFile).collect(toSet()))
          .isEqualTo(Samples.ALL.stream().map(Sample::file).collect(toSet()));
    }
  }
}
