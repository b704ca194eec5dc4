package io.sluice.agent.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The fixed part of the data plane: the text of {@code sluice.nft} with its values filled in. */
final class RuleSet {

  private static final String RESOURCE = "sluice.nft";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$([a-z_]+)");

  private static final Map<String, Integer> MARKS =
      Map.of(
          "kind_mask", Marks.KIND_MASK,
          "place_mask", Marks.PLACE_MASK,
          "route_mask", Marks.ROUTE_MASK,
          "class_mark", Marks.CLASS,
          "egress_mark", Marks.EGRESS,
          "remote_mark", Marks.EGRESS | Marks.REMOTE,
          "keep_mark", Marks.KEEP_POD_ADDRESS,
          "drop_mark", Marks.DROP);

  private RuleSet() {}

  /** Commands that put the rules in place, whatever is there, and keep all elements. */
  static String install(String tunnel) {
    return PLACEHOLDER.matcher(text()).replaceAll(found -> value(found, tunnel));
  }

  private static String value(MatchResult placeholder, String tunnel) {
    String name = placeholder.group(1);
    if (name.equals("tunnel")) {
      return '"' + tunnel + '"';
    }
    int mark =
        Optional.ofNullable(MARKS.get(name))
            .orElseThrow(() -> new IllegalStateException("$" + name + " means nothing"));
    return "0x%08x".formatted(mark);
  }

  /** Commands that take the table away, whether it is there or not. */
  static String remove() {
    return "add table inet %1$s\ndelete table inet %1$s\n".formatted(Ownership.TABLE);
  }

  private static String text() {
    try (InputStream in = RuleSet.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
