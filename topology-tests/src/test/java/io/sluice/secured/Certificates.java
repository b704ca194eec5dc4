package io.sluice.secured;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority and the certificates it signs, made by the JDK's keytool. */
final class Certificates {

  static final String PASSWORD = "only-for-a-test";

  private final Path directory;
  private final Path all;

  /** An authority of this name, which keeps its files in the directory. */
  Certificates(Path directory, String authority) throws IOException, InterruptedException {
    this.directory = Files.createDirectories(directory);
    this.all = directory.resolve("all.p12");
    make(authority, "-ext", "bc:c", "-alias", "authority");
    Path certificate = directory.resolve("authority.crt");
    keytool(
        "-exportcert",
        "-alias",
        "authority",
        "-file",
        certificate.toString(),
        "-keystore",
        all.toString());
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        "authority",
        "-file",
        certificate.toString(),
        "-keystore",
        trustStore().toString());
  }

  /** Holds the authority's certificate. */
  Path trustStore() {
    return directory.resolve("trust.p12");
  }

  /** Makes a key with a certificate for this name. */
  Path keyStore(String name) throws IOException, InterruptedException {
    Path keys = directory.resolve(name + ".p12");
    if (Files.exists(keys)) {
      return keys;
    }
    make(name, "-signer", "authority", "-ext", "san=ip:127.0.0.1", "-alias", name);
    keytool(
        "-importkeystore",
        "-noprompt",
        "-srckeystore",
        all.toString(),
        "-srcalias",
        name,
        "-srcstorepass",
        PASSWORD,
        "-destkeystore",
        keys.toString(),
        "-deststorepass",
        PASSWORD);
    return keys;
  }

  private void make(String name, String... options) throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-keystore",
                all.toString()));
    arguments.addAll(List.of(options));
    keytool(arguments.toArray(String[]::new));
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    if (!command.contains("-deststorepass")) {
      command.addAll(List.of("-storepass", PASSWORD));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
