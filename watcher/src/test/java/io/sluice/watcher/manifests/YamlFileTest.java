package io.sluice.watcher.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.watcher.core.ManifestFile;
import io.sluice.watcher.core.ManifestFile.Parsed;
import io.sluice.watcher.core.ManifestFile.Unparsable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlFileTest {

  @Test
  void documentsAreReadOneByOneAndEmptyOnesLeftOut() {
    assertThat(parse("---\na: 1\n---\n# nothing\n---\nb: [x, 1.5, true]\n"))
        .isEqualTo(new Parsed(List.of(Map.of("a", 1), Map.of("b", List.of("x", 1.5, true)))));
    assertThat(parse("")).isEqualTo(new Parsed(List.of()));
    assertThat(parse("\uFEFFa: b")).isEqualTo(new Parsed(List.of(Map.of("a", "b"))));
  }

  @Test
  void timesAndYesStayTextsAndTrueDoesNot() {
    assertThat(parse("a: 2026-01-31T12:00:00Z\nb: yes\nc: True\n"))
        .isEqualTo(new Parsed(List.of(Map.of("a", "2026-01-31T12:00:00Z", "b", "yes", "c", true))));
  }

  @Test
  void anErrorComesWithItsLine() {
    assertThat(unparsable("a: 1\nb: [1\nc: 2\n").line()).isEqualTo(3);
    assertThat(unparsable("a: 1\n\tb: 2\n").line()).isEqualTo(2);
    assertThat(unparsable("a: 1\na: 2\n"))
        .satisfies(twice -> {
          assertThat(twice.line()).isEqualTo(2);
          assertThat(twice.reason()).contains("duplicate key a");
        });
  }

  @Test
  void hostileFilesAreRefusedToo() {
    assertThat(YamlFile.parse(new byte[] {'a', ':', ' ', (byte) 0xC3, '\n'}))
        .isInstanceOfSatisfying(
            Unparsable.class, file -> assertThat(file.message()).contains("not UTF-8"));
    assertThat(parse("[".repeat(200_000))).isInstanceOf(Unparsable.class);
    StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(parse(laughs.toString())).isInstanceOf(Unparsable.class);
  }

  private static ManifestFile parse(String yaml) {
    return YamlFile.parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static Unparsable unparsable(String yaml) {
    return (Unparsable) parse(yaml);
  }
}
