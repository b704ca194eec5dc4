package io.sluice.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the walls of the house (docs/ARCHITECTURE.md): a pure core, thin edges, parts apart. */
class WallsTest {

  private static final String[] PURE = {"io.sluice.model..", "io.sluice..core.."};

  private static JavaClasses sluice;

  @BeforeAll
  static void readTheClasses() {
    sluice =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.sluice");
    Assertions.assertThat(sluice).as("classes found").hasSizeGreaterThan(100);
  }

  @Test
  void theCoreKnowsNoKafkaNoKubernetesNoKernelNoLogger() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.avro..",
            "io.sluice.protocol..",
            "io.sluice.schemas..",
            "io.sluice.kafka..",
            "io.sluice.operations..",
            "io.prometheus..",
            "io.fabric8..",
            "java.lang.foreign..",
            "java.nio.file..",
            "java.util.concurrent.locks..",
            "org.slf4j..",
            "picocli..")
        .check(sluice);
  }

  @Test
  void theCoreAsksNoClockNoThreadNoDice() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, Clock.class, Random.class, ThreadLocalRandom.class)
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.concurrent\\.(Executor|Thread|Scheduled|Future|Comp).*")
        .check(sluice);
  }

  @Test
  void theCoreKnowsNothingOfTheEdges() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat(resideInAPackage("io.sluice..").and(not(resideInAnyPackage(PURE))))
        .check(sluice);
  }

  @Test
  void eachEdgeTouchesOneOutsideThing() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.sluice..kernel..", "io.sluice..kubernetes..", "io.sluice..manifests..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.sluice.kafka..")
        .check(sluice);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.sluice..kubernetes..")
        .and()
        .haveSimpleNameNotEndingWith("Main")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .check(sluice);
    noClasses()
        .that()
        .resideOutsideOfPackages("io.sluice..kernel..", "io.sluice.cli.lab..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(sluice);
  }

  @Test
  void theProgramsDoNotKnowEachOther() {
    slices()
        .matching("io.sluice.(watcher|allocator|agent)..")
        .should()
        .notDependOnEachOther()
        .check(sluice);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.sluice.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.sluice.cli..")
        .check(sluice);
  }

  @Test
  void theWireFormatStaysBehindTheCodecs() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.sluice.schemas..", "io.sluice.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.sluice.protocol..", "org.apache.avro..")
        .check(sluice);
  }

  @Test
  void namesAreNotEmpty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.sluice.protocol..")
        .should()
        .haveNameMatching(".*(Manager|Helper|Util|Utils)")
        .check(sluice);
  }

  @Test
  void onlyAProgramEndsTheProcess() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(sluice);
    classes().that().haveSimpleName("Main").should().resideOutsideOfPackages(PURE).check(sluice);
  }
}
