package io.sluice.agent.core;

import static io.sluice.agent.core.Given.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {

  private static final IpAddress A = ip("10.40.1.100");
  private static final IpAddress B = ip("10.40.1.101");

  private final Announcements announcements = new Announcements();

  @Test
  void anAddressIsAnnouncedAtOnceAndAfter100Millis1SecondAnd5Seconds() {
    announcements.begin(A, millis(50));

    List<Long> announcedAt = new ArrayList<>();
    for (long at = 50; at < 20_000; at += 10) {
      if (announcements.due(millis(at)).contains(A)) {
        announcedAt.add(at);
      }
    }
    assertThat(announcedAt).containsExactly(50L, 150L, 1_050L, 5_050L);
    assertThat(announcements.nanosUntilDue(millis(20_000))).isEmpty();
  }

  @Test
  void overdueRepeatsAreOneAnnouncement() {
    announcements.begin(A, 0);

    assertThat(announcements.due(millis(2_000))).containsExactly(A);
    assertThat(announcements.due(millis(2_000))).isEmpty();
    assertThat(announcements.nanosUntilDue(millis(2_000))).hasValue(millis(3_000));
  }

  @Test
  void anAddressThatIsLetGoOfIsNotAnnouncedAnyMore() {
    announcements.begin(A, 0);
    announcements.begin(B, 0);
    announcements.end(A);

    assertThat(announcements.due(millis(10_000))).containsExactly(B);
  }

  @Test
  void beginningAgainStartsTheCourseAnew() {
    announcements.begin(A, 0);
    announcements.due(millis(5_000));
    announcements.begin(A, millis(6_000));

    assertThat(announcements.due(millis(6_000))).containsExactly(A);
    assertThat(announcements.nanosUntilDue(millis(6_000))).hasValue(millis(100));
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
