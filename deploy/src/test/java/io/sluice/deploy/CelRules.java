package io.sluice.deploy;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compiles and runs the rules of a schema with Google's CEL for Java. The API server runs CEL for
 * Go with libraries of its own; of those, {@code isIP} and {@code isCIDR} are stood in for by
 * Sluice's own readers, which are as strict: no zones, no leading zeros, no IPv4 in IPv6.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/cel/">CEL in Kubernetes</a>
 */
final class CelRules {

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.standardCelRuntimeBuilder()
          .addLibraries(CelExtensions.strings())
          .addFunctionBindings(
              CelFunctionBinding.from("is_ip", String.class, text -> reads(IpAddress::parse, text)),
              CelFunctionBinding.from("is_cidr", String.class, text -> reads(Cidr::parse, text)))
          .build();

  private CelRules() {}

  /**
   * Whether a value keeps the rule.
   *
   * @throws IllegalArgumentException if the rule does not compile against the schema
   */
  static boolean holds(Schema.Rule rule, Schema schema, Object self) {
    try {
      return (boolean) compile(rule, schema).eval(Map.of("self", self));
    } catch (CelEvaluationException e) {
      // As on the API server: a rule that cannot be evaluated is not kept.
      return false;
    }
  }

  /**
   * Type-checks a rule.
   *
   * @throws IllegalArgumentException if it does not compile against the schema
   */
  static CelRuntime.Program compile(Schema.Rule rule, Schema schema) {
    try {
      return RUNTIME.createProgram(
          CelCompilerFactory.standardCelCompilerBuilder()
              .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
              .addLibraries(CelExtensions.strings())
              .addFunctionDeclarations(predicate("isIP", "is_ip"), predicate("isCIDR", "is_cidr"))
              .addVar("self", type(schema))
              .setResultType(SimpleType.BOOL)
              .build()
              .compile(rule.expression())
              .getAst());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalArgumentException(rule.expression() + ": " + e.getMessage(), e);
    }
  }

  private static CelFunctionDecl predicate(String name, String overload) {
    return CelFunctionDecl.newFunctionDeclaration(
        name, CelOverloadDecl.newGlobalOverload(overload, SimpleType.BOOL, SimpleType.STRING));
  }

  /** Objects are maps here, so the types of their fields are checked only when a rule runs. */
  private static CelType type(Schema schema) {
    return switch (schema.type()) {
      case "string" -> SimpleType.STRING;
      case "integer" -> SimpleType.INT;
      case "boolean" -> SimpleType.BOOL;
      case "array" -> ListType.create(type(schema.items().orElseThrow()));
      case "object" -> MapType.create(SimpleType.STRING, SimpleType.DYN);
      default -> throw new IllegalArgumentException("no CEL type for " + schema.type());
    };
  }

  private static boolean reads(Consumer<String> reader, String text) {
    try {
      reader.accept(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
