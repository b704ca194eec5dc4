package io.sluice.cli.load;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A load report for programs: its components by their names. */
final class LoadJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private LoadJson() {}

  static String of(Object report) {
    return MAPPER.writeValueAsString(report);
  }
}
