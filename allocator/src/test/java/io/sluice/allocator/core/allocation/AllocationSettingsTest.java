package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;

class AllocationSettingsTest {

  private static AllocationSettings settings(long beat, long lease, long silence) {
    return new AllocationSettings(
        beat, lease, silence, 10_000, 10_000, 1_000, HoldOffSettings.DEFAULT, 2_000, 2_000);
  }

  @Test
  void theProfilesAreSound() {
    assertThatNoException().isThrownBy(() -> settings(100, 400, 500));
    assertThatNoException().isThrownBy(() -> settings(30, 90, 120));
  }

  @Test
  void aLeaseOfLessThanTwoBeatsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(100, 199, 500))
        .withMessageContaining("the lease (199 ms)")
        .withMessageContaining("2 x 100 ms");
  }

  @Test
  void aLeaseThatOutlastsSilenceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(100, 500, 500))
        .withMessageContaining("two holders");
  }

  @Test
  void silenceThatOneLateBeatCouldHideIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(100, 200, 399))
        .withMessageContaining("four beat intervals");
  }

  @Test
  void otherNonsenseIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> settings(0, 400, 500));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new AllocationSettings(100, 400, 500, 499, 0, 0, HoldOffSettings.DEFAULT, 2_000, 2_000))
        .withMessageContaining("grace");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new AllocationSettings(
                100, 400, 500, 500, -1, 0, HoldOffSettings.DEFAULT, 2_000, 2_000));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new AllocationSettings(
                100, 400, 500, 500, 0, -1, HoldOffSettings.DEFAULT, 2_000, 2_000));
  }

  @Test
  void aHoldOffThatCannotDoubleOrIsNeverForgottenIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HoldOffSettings(0, 1_000, 1_000))
        .withMessageContaining("the hold-off (0 ms)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HoldOffSettings(1_000, 999, 1_000))
        .withMessageContaining("the longest hold-off (999 ms)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HoldOffSettings(1_000, 1_000, 0))
        .withMessageContaining("no relapse counts");
  }
}
