// Which keys of the catalogues the code uses. The compiler knows: what is given to t() has the type of its keys, even
// where they are put together at run time.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const project = fileURLToPath(new URL("../tsconfig.json", import.meta.url));

/** As `namespace:key`, plurals by their bare key. */
export function usedKeys() {
  const { config } = ts.readConfigFile(project, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(project));
  const program = ts.createProgram(
    fileNames.filter((name) => name.includes("/src/") && !name.includes(".test.")),
    options,
  );
  const checker = program.getTypeChecker();
  const used = new Set();

  const literals = (type) =>
    type.isUnion() ? type.types.flatMap(literals) : type.isStringLiteral() ? [type.value] : [];

  /** The namespaces of a t(): those of its first type argument, `TFunction<["search", "coach"]>`. */
  const namespaces = (t) => {
    const [first] = checker.getTypeArguments(t);
    return checker.isTupleType(first) ? checker.getTypeArguments(first).flatMap(literals) : literals(first);
  };

  /** `t(…)` and `i18n.t(…)`. */
  const visit = (node) => {
    if (ts.isCallExpression(node) && (node.expression.name ?? node.expression).text === "t") {
      const t = checker.getTypeAtLocation(node.expression);
      for (const key of literals(checker.getTypeAtLocation(node.arguments[0])))
        used.add(key.includes(":") ? key : `${namespaces(t)[0]}:${key}`);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile) visit(file);
  return used;
}
