package io.sluice.cli.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JVM arguments that fit small programs on a machine that runs many of them. An archive of loaded
 * classes (JEP 350) halves the work of a start; the JVM makes it when a program ends by itself, and
 * checks by itself whether it still fits.
 */
final class JvmFlags {

  /** Where the archives are; set by the launcher if it may write there. */
  private static final String ARCHIVES = "sluice.classArchives";

  /** To be as small as on a real cluster. */
  private static final String AGENT = "io.sluice.agent.Main";

  /** One for each program that runs on real clusters as well. */
  private static final Map<String, String> OPTION_FILES =
      Map.of(
          AGENT,
          "agent.options",
          "io.sluice.allocator.Main",
          "allocator.options",
          "io.sluice.watcher.Main",
          "watcher.options");

  private JvmFlags() {}

  /**
   * The options that a program has everywhere, if it has any, and then those of a local cluster.
   *
   * @param main the program's main class
   * @param heapMebibytes the most heap
   * @param makesArchive whether this is the one process of several equal ones that may write it
   */
  static List<String> of(String main, int heapMebibytes, boolean makesArchive) {
    List<String> flags = new ArrayList<>();
    optionFile(main).ifPresent(file -> flags.add("@" + file));
    flags.addAll(
        List.of(
            "-Xmx" + heapMebibytes + "m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED"));
    archive(main)
        .filter(archive -> makesArchive || Files.exists(archive))
        .ifPresent(archive -> {
          if (makesArchive) {
            flags.add("-XX:+AutoCreateSharedArchive");
          }
          flags.add("-XX:SharedArchiveFile=" + archive);
          // Without a fitting archive the JVM does as well, only slower.
          flags.add("-Xlog:disable");
        });
    return flags;
  }

  private static Optional<Path> optionFile(String main) {
    return Optional.ofNullable(OPTION_FILES.get(main))
        .map(name -> Path.of(System.getProperty("sluice.root", "."), "deploy", "jvm", name))
        .filter(Files::isReadable);
  }

  /**
   * An agent has its own class path, as everywhere else: the index of each jar stays in the heap.
   *
   * @param main the program's main class
   */
  static String classPath(String main) {
    Path target = Path.of(System.getProperty("sluice.root", "."), "node-agent", "target");
    return main.equals(AGENT) && Files.isDirectory(target.resolve("lib"))
        ? "%1$s/*:%1$s/lib/*".formatted(target)
        : System.getProperty("java.class.path");
  }

  /** Whether a program of this main class would make an archive by ending in its own way. */
  static boolean lacksArchive(String main) {
    return archive(main).filter(archive -> !Files.exists(archive)).isPresent();
  }

  /** The agent's own options rule archives out. */
  private static Optional<Path> archive(String main) {
    return Optional.ofNullable(System.getProperty(ARCHIVES))
        .filter(_ -> !main.equals(AGENT))
        .map(directory -> Path.of(directory, main + ".jsa"));
  }
}
