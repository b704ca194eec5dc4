package io.sluice.cli.audit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.EgressChosen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditFoldTest {

  private static final LogScenario LONG = LogScenario.random(1, 1_200);

  private static void fold(List<LoggedEntry> log) {
    AuditFold fold = AuditFold.whole();
    log.forEach(fold::accept);
    fold.requireBeginning();
  }

  private static BrokenLogException refusal(List<LoggedEntry> log) {
    BrokenLogException refusal = catchThrowableOfType(BrokenLogException.class, () -> fold(log));
    assertThat(refusal).isNotNull();
    return refusal;
  }

  /** The first entry with such a change, from the middle of the log on. */
  private static int indexOf(Assignment.State state) {
    for (int i = LONG.log().size() / 2; i < LONG.log().size(); i++) {
      if (LONG.log().get(i).entry().changes().stream()
          .anyMatch(
              change -> change instanceof AssignmentChanged of && isNew(of.assignment(), state))) {
        return i;
      }
    }
    throw new AssertionError("the scenario has none");
  }

  /** Not merely the same grant with another successor. */
  private static boolean isNew(Assignment assignment, Assignment.State state) {
    return assignment.state() == state
        && (state != Assignment.State.GRANTED
            || (assignment.successor().isEmpty() && !assignment.reason().startsWith("stays on")));
  }

  /** The log in which the assignments of one entry are others. */
  private static List<LoggedEntry> tampered(int index, UnaryOperator<Assignment> tampering) {
    LoggedEntry logged = LONG.log().get(index);
    List<StateChange> changes =
        logged.entry().changes().stream()
            .map(change ->
                change instanceof AssignmentChanged(var ip, var assignment)
                    ? new AssignmentChanged(ip, tampering.apply(assignment))
                    : change)
            .toList();
    return replaced(index, withChanges(logged.entry(), changes));
  }

  private static AuditEntry withChanges(AuditEntry entry, List<StateChange> changes) {
    return new AuditEntry(entry.sequence(), entry.cause(), entry.timeMillis(), changes);
  }

  private static List<LoggedEntry> replaced(int index, AuditEntry entry) {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    LoggedEntry before = log.get(index);
    log.set(index, new LoggedEntry(before.stream(), before.offset(), entry));
    return log;
  }

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

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 300, 700, 1_100})
  void aMissingEntryIsRefusedByItsSequence(int index) {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    LoggedEntry missing = log.remove(index);

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.stream()).isEqualTo(missing.stream());
    assertThat(refusal.sequence()).isEqualTo(missing.entry().sequence());
    assertThat(refusal).hasMessageContaining("missing");
  }

  @Test
  void aHoleOfManyEntriesIsRefusedByItsFirstSequence() {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    log.removeIf(it ->
        it.stream() == Stream.ALLOCATION
            && it.entry().sequence() >= 40
            && it.entry().sequence() <= 45);

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.sequence()).isEqualTo(40);
    assertThat(refusal.fault()).contains("all up to 45").contains("46 follows on 39");
  }

  @Test
  void anEntryThatComesTwiceIsRefused() {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    LoggedEntry doubled = log.get(500);
    log.add(501, doubled);

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.sequence()).isEqualTo(doubled.entry().sequence());
    assertThat(refusal).hasMessageContaining("comes again");
  }

  @Test
  void entriesThatChangedPlacesAreRefused() {
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    int index = 500;
    while (log.get(index).stream() != log.get(index + 1).stream()) {
      index++;
    }
    LoggedEntry first = log.get(index);
    log.set(index, log.get(index + 1));
    log.set(index + 1, first);

    assertThat(refusal(log).sequence()).isEqualTo(first.entry().sequence());
  }

  @Test
  void anEpochThatFallsIsRefused() {
    int index = indexOf(Assignment.State.GRANTED);
    List<LoggedEntry> log =
        tampered(index, a -> assignment(a.state(), a.holder(), a.epoch() - 1, a.auditSequence()));

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.sequence()).isEqualTo(log.get(index).entry().sequence());
    assertThat(refusal).hasMessageContaining("epoch");
  }

  @Test
  void anEpochThatRisesWithoutAGrantIsRefused() {
    int index = indexOf(Assignment.State.RELEASING);
    List<LoggedEntry> log =
        tampered(
            index,
            a ->
                a.state() == Assignment.State.RELEASING
                    ? assignment(a.state(), a.holder(), a.epoch() + 1, a.auditSequence())
                    : a);

    assertThat(refusal(log).sequence()).isEqualTo(log.get(index).entry().sequence());
  }

  @Test
  void aGrantToASessionThatIsNotAliveIsRefused() {
    int index = indexOf(Assignment.State.GRANTED);
    List<LoggedEntry> log =
        tampered(
            index,
            a ->
                assignment(
                    a.state(),
                    a.holder().map(h -> new Holder(h.node(), h.session() + 1, h.addresses())),
                    a.epoch(),
                    a.auditSequence()));

    BrokenLogException refusal = refusal(log);

    assertThat(refusal.sequence()).isEqualTo(log.get(index).entry().sequence());
    assertThat(refusal).hasMessageContaining("not alive");
  }

  @Test
  void aGrantOfWhatAnotherNodeMayStillHaveIsRefused() {
    LogScenario scenario = LogScenario.started();
    IpAddress ip = IpAddress.parse("10.40.1.100");
    Assignment held = scenario.assignments().get(ip);
    String other = held.holder().orElseThrow().node().equals("node-1") ? "node-2" : "node-1";
    long sequence =
        scenario.log().stream()
                .filter(it -> it.stream() == Stream.ALLOCATION)
                .mapToLong(it -> it.entry().sequence())
                .max()
                .orElseThrow()
            + 1;
    scenario
        .log()
        .add(
            new LoggedEntry(
                Stream.ALLOCATION,
                10_000,
                new AuditEntry(
                    sequence,
                    Cause.tick(scenario.nowMillis()),
                    scenario.nowMillis(),
                    List.of(
                        new AssignmentChanged(
                            ip,
                            assignment(
                                Assignment.State.GRANTED,
                                Optional.of(new Holder(other, 1, List.of())),
                                held.epoch() + 1,
                                sequence))))));

    BrokenLogException refusal = refusal(scenario.log());

    assertThat(refusal.sequence()).isEqualTo(sequence);
    assertThat(refusal).hasMessageContaining("may still have it");
  }

  /** The refusal of a log that goes on with this. */
  private static BrokenLogException refusalOf(LogScenario scenario, StateChange... changes) {
    long sequence =
        scenario.log().stream()
                .filter(it -> it.stream() == Stream.ALLOCATION)
                .mapToLong(it -> it.entry().sequence())
                .max()
                .orElseThrow()
            + 1;
    List<StateChange> stamped =
        Arrays.stream(changes)
            .map(change ->
                change instanceof AssignmentChanged(var ip, var assignment)
                    ? new AssignmentChanged(ip, assignment.withAuditSequence(sequence))
                    : change)
            .toList();
    long now = scenario.nowMillis();
    List<LoggedEntry> log = new ArrayList<>(scenario.log());
    log.add(
        new LoggedEntry(
            Stream.ALLOCATION, 10_000, new AuditEntry(sequence, Cause.tick(now), now, stamped)));
    BrokenLogException refusal = refusal(log);
    assertThat(refusal.sequence()).isEqualTo(sequence);
    return refusal;
  }

  private static Assignment moving(Assignment held, Holder successor) {
    return new Assignment(
        held.state(),
        held.holder(),
        held.epoch(),
        held.gateway(),
        held.leaseMode(),
        0,
        "for a test",
        Optional.of(successor));
  }

  @Test
  void aSuccessorThatIsNotAliveIsRefused() {
    LogScenario scenario = LogScenario.started();
    IpAddress ip = IpAddress.parse("10.40.1.100");
    Assignment held = scenario.assignments().get(ip);
    String other = held.holder().orElseThrow().node().equals("node-1") ? "node-2" : "node-1";
    Holder dead = new Holder(other, 7, List.of());

    assertThat(refusalOf(scenario, new AssignmentChanged(ip, moving(held, dead))))
        .hasMessageContaining("cannot take it over");
  }

  @Test
  void aHolderThatSucceedsItselfIsRefused() {
    LogScenario scenario = LogScenario.started();
    IpAddress ip = IpAddress.parse("10.40.1.100");
    Assignment held = scenario.assignments().get(ip);

    assertThat(
            refusalOf(
                scenario, new AssignmentChanged(ip, moving(held, held.holder().orElseThrow()))))
        .hasMessageContaining("cannot take it over");
  }

  @Test
  void aGrantToANodeThatIsHeldOffIsRefused() {
    LogScenario scenario = LogScenario.started().gateway("10.40.1.100-10.40.1.102").run(100);
    IpAddress ip = IpAddress.parse("10.40.1.100");
    String holder = scenario.holder("10.40.1.100");
    String other = holder.equals("node-1") ? "node-2" : "node-1";
    Assignment held = scenario.assignments().get(ip);
    long now = scenario.nowMillis();

    assertThat(
            refusalOf(
                scenario,
                new StateChange.LivenessChanged(holder, StateChange.Liveness.SILENT, 1, now),
                new StateChange.HoldOffChanged(other, 1, now, OptionalLong.of(now + 10_000)),
                new AssignmentChanged(
                    ip,
                    new Assignment(
                        Assignment.State.GRANTED,
                        Optional.of(new Holder(other, 1, List.of())),
                        held.epoch() + 1,
                        held.gateway(),
                        held.leaseMode(),
                        0,
                        "for a test"))))
        .hasMessageContaining("held off");
  }

  @Test
  void anAssignmentThatNamesAnotherSequenceIsRefused() {
    int index = indexOf(Assignment.State.GRANTED);
    List<LoggedEntry> log = tampered(index, a -> a.withAuditSequence(1));

    assertThat(refusal(log).sequence()).isEqualTo(log.get(index).entry().sequence());
  }

  @Test
  void anInputThatWasDecidedUponTwiceIsRefused() {
    int index = LONG.log().size() - 1;
    AuditEntry last = LONG.log().get(index).entry();
    Stream stream = LONG.log().get(index).stream();
    Cause earlier =
        LONG.log().stream()
            .filter(it -> it.stream() == stream && !it.entry().cause().topic().isEmpty())
            .findFirst()
            .orElseThrow()
            .entry()
            .cause();

    BrokenLogException refusal =
        refusal(
            replaced(
                index,
                new AuditEntry(last.sequence(), earlier, last.timeMillis(), last.changes())));

    assertThat(refusal.sequence()).isEqualTo(last.sequence());
    assertThat(refusal).hasMessageContaining("decided upon before");
  }

  @Test
  void aChangeThatIsTheOtherStreamsIsRefused() {
    int index = indexOf(Assignment.State.GRANTED);
    AuditEntry entry = LONG.log().get(index).entry();
    List<LoggedEntry> log = new ArrayList<>(LONG.log());
    long next =
        log.stream()
                .filter(it -> it.stream() == Stream.SELECTION)
                .mapToLong(it -> it.entry().sequence())
                .max()
                .orElseThrow()
            + 1;
    log.add(
        new LoggedEntry(
            Stream.SELECTION,
            10_000,
            new AuditEntry(
                next,
                Cause.tick(entry.timeMillis()),
                entry.timeMillis(),
                List.of(new EgressChosen("policy", List.of())))));

    assertThat(refusal(log).sequence()).isEqualTo(next);
  }

  @Test
  void anEntryThatChangesNothingIsRefused() {
    int index = 400;
    AuditEntry entry = LONG.log().get(index).entry();

    assertThat(refusal(replaced(index, withChanges(entry, List.of()))).sequence())
        .isEqualTo(entry.sequence());
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

  private static Assignment assignment(
      Assignment.State state, Optional<Holder> holder, long epoch, long sequence) {
    return new Assignment(
        state, holder, epoch, Optional.empty(), LeaseMode.AVAILABLE, sequence, "tampered");
  }
}
