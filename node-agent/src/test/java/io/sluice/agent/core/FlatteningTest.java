package io.sluice.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Flattening.Rule;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlatteningTest {

  private static final Verdict KEEP = new Verdict.KeepPodAddress();
  private static final Verdict DROP = new Verdict.Drop();

  @Test
  void theMoreSpecificDestinationCutsAHoleIntoTheWiderOne() {
    List<DestinationRange> ranges =
        Flattening.flatten(
            List.of(rule("10.0.0.0/8", 1, "wide", KEEP), rule("10.1.0.0/16", 2, "narrow", DROP)));

    assertThat(ranges)
        .containsExactly(
            range("10.0.0.0", "10.0.255.255", KEEP),
            range("10.1.0.0", "10.1.255.255", DROP),
            range("10.2.0.0", "10.255.255.255", KEEP));
  }

  @Test
  void ofEqualDestinationsTheOlderPolicyWinsAndThenTheName() {
    assertThat(
            Flattening.flatten(
                List.of(
                    rule("10.0.0.0/8", 2, "a", DROP),
                    rule("10.0.0.0/8", 1, "z", KEEP),
                    rule("20.0.0.0/8", 1, "b", DROP),
                    rule("20.0.0.0/8", 1, "a", KEEP))))
        .containsExactly(
            range("10.0.0.0", "10.255.255.255", KEEP), range("20.0.0.0", "20.255.255.255", KEEP));
  }

  @Test
  void theLastAddressOfAFamilyBelongsToTheInnermostDestination() {
    assertThat(
            Flattening.flatten(
                List.of(
                    rule("0.0.0.0/0", 1, "all", KEEP),
                    rule("255.0.0.0/8", 1, "end", DROP),
                    rule("::/0", 1, "all", DROP))))
        .containsExactly(
            range("0.0.0.0", "254.255.255.255", KEEP),
            range("255.0.0.0", "255.255.255.255", DROP),
            range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", DROP));
  }

  @Test
  void neighboursWithOneVerdictBecomeOneRange() {
    assertThat(
            Flattening.flatten(
                List.of(rule("10.0.0.0/9", 1, "a", KEEP), rule("10.128.0.0/9", 1, "b", KEEP))))
        .containsExactly(range("10.0.0.0", "10.255.255.255", KEEP));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void everyAddressGetsTheVerdictThatALookUpWithoutFlatteningGives(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      List<Rule> rules = randomRules(random);
      PodClass flat = new PodClass(Flattening.flatten(rules));
      assertDisjointAndSorted(flat.ranges());
      for (IpAddress probe : probes(random, rules)) {
        assertThat(flat.verdict(probe)).as("%s of %s", probe, rules).isEqualTo(naive(rules, probe));
      }
    }
  }

  private static Optional<Verdict> naive(List<Rule> rules, IpAddress probe) {
    return rules.stream()
        .filter(rule -> rule.destination().contains(probe))
        .min(
            Comparator.comparingInt((Rule rule) -> -rule.destination().prefixLength())
                .thenComparingLong(Rule::createdAtMillis)
                .thenComparing(Rule::policy))
        .map(Rule::verdict);
  }

  /** Few different bits, so that destinations are nested, equal and adjacent all the time. */
  private static List<Rule> randomRules(Random random) {
    List<Rule> rules = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      IpFamily family = random.nextBoolean() ? IpFamily.IPV4 : IpFamily.IPV6;
      int prefix = random.nextInt(9) * family.bits() / 8;
      Verdict verdict =
          switch (random.nextInt(4)) {
            case 0 -> KEEP;
            case 1 -> DROP;
            default -> new Verdict.Egress(1 + random.nextInt(3));
          };
      rules.add(
          new Rule(
              new Cidr(randomAddress(random, family), prefix),
              random.nextInt(3),
              "policy-" + i,
              verdict));
    }
    return rules;
  }

  private static IpAddress randomAddress(Random random, IpFamily family) {
    byte[] bytes = new byte[family.bits() / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(3) - 1);
    }
    return IpAddress.ofBytes(bytes);
  }

  private static List<IpAddress> probes(Random random, List<Rule> rules) {
    List<IpAddress> probes = new ArrayList<>();
    for (Rule rule : rules) {
      probes.add(rule.destination().first());
      probes.add(rule.destination().first().previous());
      probes.add(rule.destination().last());
      probes.add(rule.destination().last().next());
      probes.add(randomAddress(random, rule.destination().family()));
    }
    return probes;
  }

  private static void assertDisjointAndSorted(List<DestinationRange> ranges) {
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i).first()).isGreaterThan(ranges.get(i - 1).last());
    }
  }

  private static Rule rule(String destination, long createdAt, String policy, Verdict verdict) {
    return new Rule(Cidr.parse(destination), createdAt, policy, verdict);
  }

  private static DestinationRange range(String first, String last, Verdict verdict) {
    return new DestinationRange(IpAddress.parse(first), IpAddress.parse(last), verdict);
  }
}
