package io.sluice.watcher.kubernetes;

import java.net.HttpURLConnection;

/** What follows from the codes an API server answers with. */
final class Answers {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  private Answers() {}

  /**
   * Whether trying again may help. No code at all (the client library says -1) means that the
   * server was not reached; permissions may still be on their way when everything is installed at
   * once.
   */
  static boolean mayHeal(int code) {
    return switch (code) {
      case HttpURLConnection.HTTP_UNAUTHORIZED,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_CONFLICT,
          TOO_MANY_REQUESTS ->
          true;
      default -> code <= 0 || code >= FIRST_SERVER_ERROR;
    };
  }
}
