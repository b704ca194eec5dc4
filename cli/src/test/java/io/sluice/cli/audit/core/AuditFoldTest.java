package io.sluice.cli.audit.core;

import static io.sluice.cli.audit.core.LongLog.LONG;
import static io.sluice.cli.audit.core.LongLog.replaced;
import static io.sluice.cli.audit.core.LongLog.withChanges;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folding a log gives the state that the allocator had, and says what it cannot vouch for. */
class AuditFoldTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aThousandEntriesWithFailoversGiveTheAllocatorsState(long seed) {
    LogScenario scenario = LogScenario.random(seed, 1_000);

    AuditFold fold = scenario.fold();

    assertThat(scenario.log()).hasSizeGreaterThanOrEqualTo(1_000);
    assertThat(fold.moves(Move.Kind.FAILED_OVER)).isGreaterThan(10);
    assertThat(fold.moves(Move.Kind.MOVED)).isPositive();
    assertThat(fold.allocation()).isEqualTo(scenario.allocation().state());
    assertThat(fold.selection()).isEqualTo(scenario.selection().state());
    assertThat(Difference.between(fold, scenario.assignments(), scenario.bindings())).isEmpty();
    assertThat(fold.statuses()).isEqualTo(scenario.allocation().statuses());
    fold.requireBeginning();
  }

  @Test
  void whatTamperingTheRulesCannotSeeTheLiveStateShows() {
    IpAddress ip = LONG.assignments().firstKey();
    long sequence = LONG.assignments().get(ip).auditSequence();
    AuditFold fold = AuditFold.whole();

    LONG.log().stream()
        .map(it ->
            it.stream() == Stream.ALLOCATION && it.entry().sequence() == sequence
                ? new LoggedEntry(it.stream(), it.offset(), withReason(it.entry(), ip))
                : it)
        .forEach(fold::accept);

    assertThat(Difference.between(fold, LONG.assignments(), LONG.bindings()))
        .singleElement()
        .satisfies(difference -> {
          assertThat(difference.entity()).isEqualTo("floating IP " + ip);
          assertThat(difference.fields()).containsExactly("reason");
          assertThat(difference.replayed().orElseThrow()).contains("because I say so");
        });
  }

  private static AuditEntry withReason(AuditEntry entry, IpAddress ip) {
    return withChanges(
        entry,
        entry.changes().stream()
            .map(change ->
                change instanceof AssignmentChanged(var of, var a) && of.equals(ip)
                    ? new AssignmentChanged(
                        ip,
                        new Assignment(
                            a.state(),
                            a.holder(),
                            a.epoch(),
                            a.gateway(),
                            a.leaseMode(),
                            a.auditSequence(),
                            "because I say so"))
                    : change)
            .toList());
  }

  @Test
  void aLogThatLacksItsEndDoesNotGiveTheLiveState() {
    AuditFold fold = AuditFold.whole();
    LONG.log().subList(0, LONG.log().size() / 2).forEach(fold::accept);

    List<Difference> differences = Difference.between(fold, LONG.assignments(), LONG.bindings());

    assertThat(differences)
        .filteredOn(it -> it.entity().startsWith("floating IP"))
        .isNotEmpty()
        .anySatisfy(it -> assertThat(it.fields()).contains("audit sequence", "epoch"));
  }

  @Test
  void aLogWithoutItsBeginningFoldsButIsNoProof() {
    List<LoggedEntry> rest = LONG.log().subList(600, LONG.log().size());
    AuditFold fold = AuditFold.whole();

    rest.forEach(fold::accept);

    long first = fold.summaries().getFirst().firstSequence();
    assertThat(first).isGreaterThan(1);
    assertThatThrownBy(fold::requireBeginning)
        .isInstanceOf(BrokenLogException.class)
        .hasMessageContaining("begins with " + first)
        .hasMessageContaining("retention.ms=-1");
  }

  @Test
  void aClockThatStepsBackIsCountedAndNotRefused() {
    int index = 600;
    AuditEntry entry = LONG.log().get(index).entry();
    AuditFold fold = AuditFold.whole();

    replaced(
            index,
            new AuditEntry(
                entry.sequence(), entry.cause(), entry.timeMillis() - 60_000, entry.changes()))
        .forEach(fold::accept);

    assertThat(fold.summaries())
        .filteredOn(it -> it.stream() == LONG.log().get(index).stream())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.stepsBack()).isEqualTo(1);
          assertThat(it.longestStepBackMillis()).isGreaterThan(30_000);
        });
  }

  @Test
  void upToATimeTheStateIsThatOfThen() {
    LogScenario scenario = LogScenario.started();
    String holder = scenario.holder("10.40.1.100");
    long then = scenario.nowMillis();
    var assignmentsThen = List.copyOf(scenario.assignments().values());
    scenario.silence(holder).run(2_000);
    assertThat(scenario.holder("10.40.1.100")).isNotEqualTo(holder);
    AuditFold fold = AuditFold.until(then);

    scenario.log().forEach(fold::accept);

    assertThat(fold.allocation().assignments().values()).containsExactlyElementsOf(assignmentsThen);
  }
}
