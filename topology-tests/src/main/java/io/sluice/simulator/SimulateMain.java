package io.sluice.simulator;

/** Runs the command as a program of its own. */
final class SimulateMain {

  private SimulateMain() {}

  static void main(String[] arguments) {
    // What the agents log is not about real nodes; the trace tells what matters.
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "io/sluice/simulator/quiet.xml");
    }
    System.exit(SimulateCommand.commandLine().execute(arguments));
  }
}
