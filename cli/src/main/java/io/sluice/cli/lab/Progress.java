package io.sluice.cli.lab;

/** Is told what goes on while something takes its time. May be called from any thread. */
@FunctionalInterface
public interface Progress {

  /** One thing has been done. */
  void done(String what);

  /** Tells nobody. */
  static Progress silent() {
    return _ -> {};
  }
}
