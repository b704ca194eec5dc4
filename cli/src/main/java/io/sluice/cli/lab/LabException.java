package io.sluice.cli.lab;

/** Something the local cluster needs did not work; the message says what, for people. */
public final class LabException extends RuntimeException {

  public LabException(String message) {
    super(message);
  }

  public LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
