package io.sluice.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class PackageWallsTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.sluice");

  @Test
  void theModelKnowsOnlyTheJdk() {
    classes()
        .that()
        .resideInAPackage("io.sluice.model")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.sluice.model", "java..")
        .check(CLASSES);
  }

  @Test
  void theModelHasNoClockAndNoThread() {
    noClasses()
        .that()
        .resideInAPackage("io.sluice.model")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.time..", "java.util.concurrent..")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(CLASSES);
  }

  @Test
  void theProtocolIsSpokenByTheCodecsAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.sluice.schemas", "io.sluice.protocol")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.sluice.protocol")
        .check(CLASSES);
  }

  @Test
  void theProtocolKnowsNothingOfHowItIsCarried() {
    noClasses()
        .that()
        .resideInAPackage("io.sluice.schemas")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.sluice.kafka")
        .check(CLASSES);
  }
}
