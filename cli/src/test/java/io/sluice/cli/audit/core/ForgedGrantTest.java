package io.sluice.cli.audit.core;

import static io.sluice.cli.audit.core.LongLog.assignment;
import static io.sluice.cli.audit.core.LongLog.indexOf;
import static io.sluice.cli.audit.core.LongLog.refusal;
import static io.sluice.cli.audit.core.LongLog.refusalOf;
import static io.sluice.cli.audit.core.LongLog.tampered;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A log that tells of a grant which the allocator would never have made is refused. */
class ForgedGrantTest {

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
}
