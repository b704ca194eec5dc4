package io.sluice.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A value whose bytes are kept for ever in {@code src/test/resources/golden/<record>/}.
 *
 * @param version the version of the schema that its bytes were written with
 * @param name tells the samples of one record apart
 * @param value what the bytes must read as, today and in every later version
 */
record Sample<T, R extends SpecificRecordBase>(
    Codec<T, R> codec, int version, String name, T value) {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int HEX_DIGITS_IN_A_LINE = 96;

  String recordName() {
    return codec.recordType().getSimpleName();
  }

  SingleObjectSerde<T, R> serde() {
    return new SingleObjectSerde<>(codec);
  }

  byte[] written() {
    return serde().serializer().serialize("golden", value);
  }

  Path file() {
    return GOLDEN.resolve(recordName()).resolve(version + "-" + name + ".hex");
  }

  byte[] golden() {
    try {
      return HexFormat.of().parseHex(String.join("", Files.readAllLines(file())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void writeGolden() throws IOException {
    String hex = HexFormat.of().formatHex(written());
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < hex.length(); from += HEX_DIGITS_IN_A_LINE) {
      lines.add(hex.substring(from, Math.min(hex.length(), from + HEX_DIGITS_IN_A_LINE)));
    }
    Files.createDirectories(file().getParent());
    Files.write(file(), lines);
  }

  @Override
  public String toString() {
    return recordName() + " " + version + " " + name;
  }
}
