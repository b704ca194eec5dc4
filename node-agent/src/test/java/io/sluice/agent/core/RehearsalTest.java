package io.sluice.agent.core;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class RehearsalTest {

  @Test
  void aRehearsalEndsAsItShould() {
    assertThatCode(Rehearsal::run).doesNotThrowAnyException();
  }
}
