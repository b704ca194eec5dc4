package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.model.IpFamily;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Messages about policy routing rules (ip-rule(8), linux/fib_rules.h). */
final class PolicyRules {

  static final int RTM_NEWRULE = 32;
  static final int RTM_DELRULE = 33;
  private static final int RTM_GETRULE = 34;

  private static final int FIXED_BYTES = 12;
  private static final int FRA_PRIORITY = 6;
  private static final int FRA_FWMARK = 10;
  private static final int FRA_TABLE = 15;
  private static final int FRA_FWMASK = 16;
  private static final int FRA_PROTOCOL = 21;
  private static final int FR_ACT_TO_TBL = 1;
  private static final int FR_ACT_BLACKHOLE = 6;
  private static final int WHOLE_MARK = -1;

  /**
   * A rule of ours.
   *
   * @param table the routing table it leads to, 0 if it drops
   */
  record Rule(IpFamily family, int priority, int mark, int mask, int table)
      implements Comparable<Rule> {

    /** The rule that leads packets of a route index to its routing table. */
    static Rule toNextHop(IpFamily family, int route) {
      return new Rule(
          family,
          Ownership.RULE_PRIORITY,
          Marks.ofNextHop(route),
          Marks.ROUTE_MASK,
          Ownership.FIRST_TABLE + route);
    }

    /** The rule that leads packets of one egress index to where they wait. */
    static Rule toWait(IpFamily family, int egressIndex) {
      return new Rule(
          family,
          Ownership.RULE_PRIORITY,
          Marks.ofRoute(egressIndex, KernelTables.HELD_BACK),
          WHOLE_MARK,
          Ownership.FIRST_WAITING_TABLE + egressIndex);
    }

    /** The rule that drops what was bound for another node and found no route. */
    static Rule last(IpFamily family) {
      return new Rule(
          family, Ownership.LAST_RULE_PRIORITY, Marks.EGRESS | Marks.REMOTE, Marks.PLACE_MASK, 0);
    }

    @Override
    public int compareTo(Rule other) {
      return Comparator.comparing(Rule::family)
          .thenComparingInt(Rule::priority)
          .thenComparingInt(Rule::mark)
          .thenComparingInt(Rule::mask)
          .thenComparingInt(Rule::table)
          .compare(this, other);
    }

    @Override
    public String toString() {
      return "pref %d fwmark 0x%x/0x%x %s proto 83 (%s)"
          .formatted(priority, mark, mask, table == 0 ? "blackhole" : "lookup " + table, family);
    }
  }

  private PolicyRules() {}

  /** {@code ip rule add pref P fwmark M/MASK lookup T proto 83} (or {@code blackhole}). */
  static NetlinkRequest add(Rule rule) {
    return new NetlinkRequest(
        message(RTM_NEWRULE, MessageBuilder.NLM_F_CREATE | MessageBuilder.NLM_F_EXCL, rule),
        "ip rule add " + rule);
  }

  /** {@code ip rule del …}, only if it carries our protocol. */
  static NetlinkRequest remove(Rule rule) {
    return new NetlinkRequest(message(RTM_DELRULE, 0, rule), "ip rule del " + rule);
  }

  private static ByteBuffer message(int type, int flags, Rule rule) {
    return fixed(
            type,
            MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK | flags,
            Ownership.familyNumber(rule.family()),
            rule.table() == 0 ? FR_ACT_BLACKHOLE : FR_ACT_TO_TBL)
        .attributeU32(FRA_PRIORITY, rule.priority())
        .attributeU32(FRA_FWMARK, rule.mark())
        .attributeU32(FRA_FWMASK, rule.mask())
        .attributeU32(FRA_TABLE, rule.table())
        .attributeU8(FRA_PROTOCOL, Ownership.PROTOCOL)
        .build();
  }

  private static MessageBuilder fixed(int type, int flags, int family, int action) {
    return new MessageBuilder(type, flags)
        .u8(family)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(action)
        .u32(0);
  }

  /** {@code ip rule show proto 83} of one family. */
  static List<Rule> listOurs(NetlinkSocket socket, IpFamily family) {
    NetlinkRequest request =
        new NetlinkRequest(
            fixed(
                    RTM_GETRULE,
                    MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP,
                    Ownership.familyNumber(family),
                    0)
                .build(),
            "ip rule show");
    return InterruptedDumpException.retry(() -> {
      List<Rule> rules = new ArrayList<>();
      socket.dump(
          request,
          received -> {
            if (isOurs(received)) {
              rules.add(read(received, family));
            }
          });
      return rules;
    });
  }

  /** Whether RTM_NEWRULE or RTM_DELRULE speaks of a rule of ours. */
  static boolean isOurs(ReceivedMessage received) {
    return received.attributes(FIXED_BYTES).find(FRA_PROTOCOL).map(Attributes::u8).orElse(0)
        == Ownership.PROTOCOL;
  }

  private static Rule read(ReceivedMessage received, IpFamily family) {
    Attributes attributes = received.attributes(FIXED_BYTES);
    return new Rule(
        family,
        attributes.u32(FRA_PRIORITY).orElse(0),
        attributes.u32(FRA_FWMARK).orElse(0),
        attributes.u32(FRA_FWMASK).orElse(0),
        received.u8(7) == FR_ACT_BLACKHOLE ? 0 : attributes.u32(FRA_TABLE).orElse(0));
  }
}
