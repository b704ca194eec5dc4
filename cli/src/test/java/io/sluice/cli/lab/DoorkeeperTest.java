package io.sluice.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoorkeeperTest {

  private final List<Duration> rests = new ArrayList<>();
  private final List<Socket> guests = new ArrayList<>();

  /** Fails so often, then lets one in, and so on; closes itself behind the last. */
  private static final class Door extends ServerSocket {

    private final Deque<Integer> failures;
    private int left;

    private Door(Integer... failuresBeforeEachGuest) throws IOException {
      failures = new ArrayDeque<>(List.of(failuresBeforeEachGuest));
      left = failures.pop();
    }

    @Override
    public Socket accept() throws IOException {
      if (isClosed()) {
        throw new AssertionError("asked again after its end");
      }
      if (left-- > 0) {
        throw new SocketException("Too many open files");
      }
      if (failures.isEmpty()) {
        close();
        throw new SocketException("Socket closed");
      }
      left = failures.pop();
      return new Socket();
    }
  }

  private Doorkeeper of(Door door) {
    return new Doorkeeper(door, guests::add, rests::add);
  }

  @Test
  void aFailureThatStaysIsToldAndClosesTheSocket() throws IOException {
    Door door = new Door(1000);

    assertThat(of(door).run())
        .hasValueSatisfying(why -> assertThat(why).hasMessage("Too many open files"));
    assertThat(door.isClosed()).isTrue();
    assertThat(guests).isEmpty();
  }

  @Test
  void itRestsLongerEachTimeAndAFewSecondsInAll() throws IOException {
    of(new Door(1000)).run();

    assertThat(rests).hasSize(Doorkeeper.MOST_FAILURES - 1).doesNotHaveDuplicates().isSorted();
    assertThat(rests.stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(10));
  }

  @Test
  void whatPassesIsWaitedForAndForgotten() throws IOException {
    int nearly = Doorkeeper.MOST_FAILURES - 1;

    assertThat(of(new Door(nearly, nearly, nearly)).run()).isEmpty();
    assertThat(guests).hasSize(2);
    assertThat(rests).hasSize(3 * nearly);
    assertThat(Collections.frequency(rests, rests.getFirst())).isEqualTo(3);
  }

  @Test
  void aSocketThatIsClosedIsTheEndAndNoFailure() throws IOException {
    assertThat(of(new Door(0)).run()).isEmpty();
    assertThat(rests).isEmpty();
  }
}
