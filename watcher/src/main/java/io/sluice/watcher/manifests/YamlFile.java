package io.sluice.watcher.manifests;

import io.sluice.watcher.core.ManifestFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Parses a file of YAML documents. The core schema of YAML 1.2 holds: {@code yes} and times stay
 * texts, {@code True} does not.
 */
final class YamlFile {

  private static final int MAX_CHARACTERS = 256 * 1024 * 1024;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new CoreSchema())
          .setAllowDuplicateKeys(false)
          .setCodePointLimit(MAX_CHARACTERS)
          .build();

  private YamlFile() {}

  static ManifestFile parse(byte[] content) {
    List<Object> documents = new ArrayList<>();
    try {
      for (Object document : new Load(SETTINGS).loadAllFromString(decode(content))) {
        if (document != null) {
          documents.add(document);
        }
      }
      return new ManifestFile.Parsed(documents);
    } catch (CharacterCodingException e) {
      return new ManifestFile.Unparsable(0, "is not UTF-8 text: " + e.getMessage());
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      return new ManifestFile.Unparsable(line, e.getProblem());
    } catch (YamlEngineException e) {
      return new ManifestFile.Unparsable(0, String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      // The parser descends once per level, and a file may have as many as it likes.
      return new ManifestFile.Unparsable(0, "is nested too deeply");
    }
  }

  private static String decode(byte[] content) throws CharacterCodingException {
    String text =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(content))
            .toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
