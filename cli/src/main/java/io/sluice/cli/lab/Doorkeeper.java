package io.sluice.cli.lab;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections at a socket until it is closed. A failure that passes, as when the process has
 * too many files open, is waited for; one that stays closes the socket, so that who connects is
 * refused and does not wait for nobody.
 */
final class Doorkeeper {

  private static final Logger log = LoggerFactory.getLogger(Doorkeeper.class);

  /** How often in a row it may fail; with the rests between that is a little over five seconds. */
  static final int MOST_FAILURES = 10;

  private static final Duration FIRST_REST = Duration.ofMillis(10);

  private final ServerSocket door;
  private final Consumer<Socket> guests;
  private final Consumer<Duration> rest;

  /**
   * @param guests what becomes of each connection; must not block
   * @param rest waits for so long
   */
  Doorkeeper(ServerSocket door, Consumer<Socket> guests, Consumer<Duration> rest) {
    this.door = door;
    this.guests = guests;
    this.rest = rest;
  }

  /**
   * Returns when the socket is closed.
   *
   * @return why it was given up, if nobody else has closed it
   */
  Optional<IOException> run() {
    int failures = 0;
    Duration pause = FIRST_REST;
    while (!door.isClosed()) {
      try {
        guests.accept(door.accept());
        failures = 0;
        pause = FIRST_REST;
      } catch (IOException e) {
        if (door.isClosed()) {
          break;
        }
        failures++;
        if (failures == MOST_FAILURES) {
          close();
          return Optional.of(e);
        }
        log.warn("no connection could be taken, trying again: {}", e.getMessage());
        rest.accept(pause);
        pause = pause.multipliedBy(2);
      }
    }
    return Optional.empty();
  }

  private void close() {
    try {
      door.close();
    } catch (IOException e) {
      log.warn("the socket could not be closed: {}", e.getMessage());
    }
  }
}
