package io.sluice.cli.audit;

import io.sluice.cli.audit.core.AuditFold;
import io.sluice.cli.audit.core.Explanation;
import io.sluice.cli.audit.core.IpHistory;
import io.sluice.cli.audit.core.LogScenario;
import io.sluice.cli.audit.core.RecentMoves;
import io.sluice.cli.audit.core.WhoHad;
import io.sluice.model.IpAddress;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the commands would answer on the log of a scenario. */
final class AuditAnswers {

  static final ZoneId ZONE = ZoneOffset.UTC;

  private final LogScenario scenario;

  AuditAnswers(LogScenario scenario) {
    this.scenario = scenario;
  }

  Answer whoHad(String address, long atMillis) {
    IpAddress ip = IpAddress.parse(address);
    AuditFold fold = AuditFold.until(atMillis);
    WhoHad.Next next = new WhoHad.Next(ip);
    scenario
        .log()
        .forEach(entry -> {
          if (!fold.accept(entry)) {
            next.consider(entry);
          }
        });
    Instant at = Instant.ofEpochMilli(atMillis);
    Refusals.requireWithin(fold, at, ZONE);
    return WhoHadView.of(fold, WhoHad.of(fold, ip), next, at, ZONE);
  }

  Answer history(String address) {
    IpAddress ip = IpAddress.parse(address);
    IpHistory history = new IpHistory(ip);
    return HistoryView.of(scenario.fold(history), ip, history);
  }

  Answer explainIp(String address) {
    IpAddress ip = IpAddress.parse(address);
    RecentMoves moves = RecentMoves.of(ip);
    AuditFold fold = scenario.fold(moves);
    return ExplainView.of(fold, Explanation.ofIp(fold, ip).orElseThrow(), moves.moves());
  }

  Answer explainPolicy(String name) {
    AuditFold fold = scenario.fold();
    return ExplainView.of(fold, Explanation.ofPolicy(fold, name).orElseThrow(), List.of());
  }

  Answer explainNode(String name) {
    RecentMoves moves = RecentMoves.ofNode(name);
    AuditFold fold = scenario.fold(moves);
    return ExplainView.of(fold, Explanation.ofNode(fold, name).orElseThrow(), moves.moves());
  }

  static String text(Answer answer) {
    return String.join("\n", answer.lines(ZONE));
  }

  /** As a program would read it. */
  static JsonNode json(Answer answer) {
    JsonMapper mapper = JsonMapper.builder().build();
    return mapper.readTree(mapper.writeValueAsString(answer.json()));
  }
}
