package io.sluice.cli;

import io.sluice.cli.lab.LabException;

/** The script that started this program. */
final class Launcher {

  private Launcher() {}

  static String path() {
    String path = System.getProperty("sluice.launcher");
    if (path == null) {
      throw new LabException("run this through the launcher: ./sluice");
    }
    return path;
  }
}
