package io.sluice.cli.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One of several brokers on one host. Each takes two ports, the second for its controller.
 *
 * @param directory for its data
 * @param firstPort the port of broker 1; the others' follow
 * @param number which of them it is, from 1
 * @param count how many there are
 */
record BrokerPlan(Path directory, String host, int firstPort, int number, int count) {

  private static final int PORTS_OF_BROKER = 2;
  private static final int MOST = 9;

  BrokerPlan {
    if (count < 1 || count > MOST || number < 1 || number > count) {
      throw new IllegalArgumentException("no broker %d of %d".formatted(number, count));
    }
  }

  /** The only broker. */
  static BrokerPlan single(Path directory, String host, int port) {
    return new BrokerPlan(directory, host, port, 1, 1);
  }

  /** As {@link #arguments} wrote it; the single one without the last two. */
  static BrokerPlan parse(String[] arguments) {
    if (arguments.length == 3) {
      return single(Path.of(arguments[0]), arguments[1], Integer.parseInt(arguments[2]));
    }
    return new BrokerPlan(
        Path.of(arguments[0]),
        arguments[1],
        Integer.parseInt(arguments[2]),
        Integer.parseInt(arguments[3]),
        Integer.parseInt(arguments[4]));
  }

  List<String> arguments() {
    return List.of(
        directory.toString(),
        host,
        Integer.toString(firstPort),
        Integer.toString(number),
        Integer.toString(count));
  }

  int port() {
    return port(number);
  }

  int controllerPort() {
    return port() + 1;
  }

  private int port(int ofNumber) {
    return firstPort + PORTS_OF_BROKER * (ofNumber - 1);
  }

  /** All controllers, as {@code controller.quorum.voters} wants them. */
  String voters() {
    return IntStream.rangeClosed(1, count)
        .mapToObj(other -> "%d@127.0.0.1:%d".formatted(other, port(other) + 1))
        .collect(Collectors.joining(","));
  }

  /** Where clients find them. */
  String bootstrapServers() {
    return IntStream.rangeClosed(1, count)
        .mapToObj(other -> host + ":" + port(other))
        .collect(Collectors.joining(","));
  }

  /** How many copies everything has. */
  int replication() {
    return Math.min(count, 3);
  }

  /** How many copies have to have a record before it is acknowledged. */
  int inSync() {
    return replication() / 2 + 1;
  }
}
