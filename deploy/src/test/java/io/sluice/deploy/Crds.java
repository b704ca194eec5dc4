package io.sluice.deploy;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.CustomResource;
import io.sluice.api.AnthosNetworkGateway;
import io.sluice.api.EgressNatPolicy;
import io.sluice.api.EgressNatPolicyV1alpha1;
import io.sluice.api.NetworkGatewayGroup;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The CRDs, generated from {@code io.sluice.api}. This happens in a test and not in a Maven plugin,
 * because a plugin runs on Maven's own JVM, which may be too old to load the types.
 */
final class Crds {

  static final String DIRECTORY = "crds";

  private static final List<Class<? extends CustomResource<?, ?>>> TYPES =
      List.of(
          AnthosNetworkGateway.class,
          NetworkGatewayGroup.class,
          EgressNatPolicy.class,
          EgressNatPolicyV1alpha1.class);

  private static final String HEADER =
      """
      # Generated from io.sluice.api; deploy/README.md says how to change it.
      """;

  private Crds() {}

  /** The content of each file in {@link #DIRECTORY}, by its name. */
  static SortedMap<String, String> generate() {
    Map<String, ByteArrayOutputStream> outputs = new HashMap<>();
    CRDGenerator generator =
        new CRDGenerator().withOutput(new Output(outputs)).withPostProcessor(new ColumnsInOrder());
    TYPES.forEach(generator::customResourceClasses);
    generator.generate();
    SortedMap<String, String> files = new TreeMap<>();
    outputs.forEach((name, bytes) -> {
      String plural = name.substring(0, name.indexOf('.'));
      files.put(plural + ".yaml", HEADER + withoutFirstLine(bytes));
    });
    return files;
  }

  private static String withoutFirstLine(ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    return text.substring(text.indexOf('\n') + 1);
  }

  /** The generator sorts columns by path; people read them in the order they were written. */
  private static final class ColumnsInOrder implements CRDPostProcessor {

    @Override
    public HasMetadata process(HasMetadata resource, String crdVersion) {
      CustomResourceDefinition crd = (CustomResourceDefinition) resource;
      List<String> order = columnNames(crd.getMetadata().getName());
      Comparator<CustomResourceColumnDefinition> written =
          Comparator.comparingInt(column -> order.indexOf(column.getName()));
      crd.getSpec().getVersions().stream()
          .map(CustomResourceDefinitionVersion::getAdditionalPrinterColumns)
          .forEach(columns -> columns.sort(written));
      return crd;
    }

    private static List<String> columnNames(String crdName) {
      Class<?> type =
          TYPES.stream()
              .filter(candidate -> CustomResource.getCRDName(candidate).equals(crdName))
              .findFirst()
              .orElseThrow();
      return Stream.of(
              type.getSuperclass().getDeclaredAnnotationsByType(AdditionalPrinterColumn.class))
          .map(AdditionalPrinterColumn::name)
          .toList();
    }
  }

  private record Output(Map<String, ByteArrayOutputStream> files)
      implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {

    @Override
    public ByteArrayOutputStream outputFor(String name) {
      return files.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
