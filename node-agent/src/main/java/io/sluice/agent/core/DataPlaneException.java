package io.sluice.agent.core;

/** The kernel did not do what was asked. The message says what was asked and what to do. */
public class DataPlaneException extends RuntimeException {

  public DataPlaneException(String message) {
    super(message);
  }

  public DataPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
