package io.sluice.watcher.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Policy.Action;
import io.sluice.model.Policy.Source;
import io.sluice.model.Resource;
import io.sluice.watcher.core.ManifestSet;
import io.sluice.watcher.core.ManifestSet.Outcome;
import io.sluice.watcher.core.Observed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The examples that users apply as they are. */
class ExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "deploy", "examples");

  @Test
  void theExamplesSayWhatTheDocumentSays() throws IOException {
    Outcome outcome =
        new ManifestSet(new TreeMap<>(), new TreeMap<>())
            .accept(new DirectoryScan(EXAMPLES).read(), 1_000, () -> "u");

    ObjectId gatewayId = new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
    ObjectId policyId = ObjectId.policy("alice-paul");
    assertThat(outcome.statuses()).isEmpty();
    assertThat(outcome.objects()).containsOnlyKeys(gatewayId, policyId);
    Resource gateway = resource(outcome, gatewayId);
    assertThat(gateway)
        .isEqualTo(
            new Gateway(
                gateway.metadata(),
                List.of("10.40.1.100", "10.40.1.101", "10.40.1.102"),
                Optional.empty(),
                Failback.GRADUAL,
                LeaseMode.AVAILABLE));
    Resource policy = resource(outcome, policyId);
    assertThat(policy)
        .isEqualTo(
            new Policy(
                policy.metadata(),
                List.of(frontendOf("alice"), frontendOf("paul")),
                Action.SNAT,
                List.of("203.0.113.0/24"),
                Optional.empty(),
                Optional.empty(),
                false));
  }

  private static Source frontendOf(String user) {
    return new Source(
        LabelSelector.ofLabels(Map.of("user", user)),
        LabelSelector.ofLabels(Map.of("role", "frontend")));
  }

  private static Resource resource(Outcome outcome, ObjectId id) {
    return ((Observed.OfResource) outcome.objects().get(id)).resource();
  }
}
