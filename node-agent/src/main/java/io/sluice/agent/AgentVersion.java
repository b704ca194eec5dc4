package io.sluice.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version this was built as. */
final class AgentVersion implements IVersionProvider {

  /** For instance {@code 0.1.0}. */
  static String text() {
    try (InputStream resource = AgentVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(resource);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("the build has left out version.properties", e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sluice-agent " + text()};
  }
}
