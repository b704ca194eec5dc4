package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransactionalIdsTest {

  private static final String OURS = "sluice-allocation-7dd07fe0-0c3a-4c0c-9f37-6a4e1d3b0001";
  private static final String LIVING = "sluice-allocation-7dd07fe0-0c3a-4c0c-9f37-6a4e1d3b0002";
  private static final String DEAD = "sluice-allocation-7dd07fe0-0c3a-4c0c-9f37-6a4e1d3b0003";

  private final TransactionalIds ids = new TransactionalIds("sluice-allocation");

  @Test
  void whatAnInstanceThatIsGoneLeftOpenIsAbandoned() {
    assertThat(ids.abandoned(List.of(DEAD + "-1"), Set.of(OURS + "-1"), List.of()))
        .containsExactly(DEAD + "-1");
  }

  @Test
  void ourOwnIsNot() {
    assertThat(ids.abandoned(List.of(OURS + "-1", OURS + "-2"), Set.of(OURS + "-1"), List.of()))
        .containsExactly(OURS + "-2");
  }

  @Test
  void thatOfAMemberOfTheGroupIsNot() {
    assertThat(
            ids.abandoned(
                List.of(LIVING + "-1", DEAD + "-1"),
                Set.of(OURS + "-1"),
                List.of(OURS + "-StreamThread-1-consumer", LIVING + "-StreamThread-1-consumer")))
        .containsExactly(DEAD + "-1");
  }

  @Test
  void aMembersOtherThreadThatHasFailedIsAbandoned() {
    assertThat(
            ids.abandoned(
                List.of(LIVING + "-1", LIVING + "-2"),
                Set.of(),
                List.of(LIVING + "-StreamThread-2-consumer")))
        .containsExactly(LIVING + "-1");
  }

  @Test
  void thoseOfOtherApplicationsAreNobodysBusiness() {
    String longer = DEAD.replace("sluice-allocation", "sluice-allocation-allocation");
    String other = DEAD.replace("allocation", "selection");
    assertThat(
            ids.abandoned(
                List.of(longer + "-1", other + "-1", "sluice-allocation-watcher", "shop-7"),
                Set.of(),
                List.of()))
        .isEmpty();
  }
}
