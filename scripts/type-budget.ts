/** `npm run check:types`: how much work the compiler has with a schema, a query and each public call, against a budget. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CALLS, CALLS_EACH, callText, emptyText, QUERY_COUNT, queriesText, schemaText } from "./type-program.ts";

/** The part of TypeScript 5.9 that is used; TypeScript 7 has no interface of this kind. */
interface Compiler {
  readonly version: string;
  createCompilerHost(o: object): Host;
  createProgram(names: readonly string[], o: object, host: Host): Program;
  createSourceFile(name: string, text: string, target: number): object;
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
  readonly ModuleKind: { readonly NodeNext: number };
  readonly ScriptTarget: { readonly ES2022: number };
}
interface Host {
  getSourceFile(name: string, options: unknown, ...rest: unknown[]): object | undefined;
  fileExists(name: string): boolean;
  readFile(name: string): string | undefined;
}
interface Program {
  getSemanticDiagnostics(): readonly { readonly messageText: unknown }[];
  getInstantiationCount(): number;
}

const root = fileURLToPath(new URL("../", import.meta.url));

/** Instantiations. The first call on a model pays for all that lambdas see of it; the queries share that. */
export const TYPE_BUDGET = { schema: 7_400, query: 220, call: 640 };

export interface TypeCost {
  readonly name: string;
  readonly count: number;
  readonly budget: number;
}

/** Counts instantiations of programs that import the declarations of the package. */
function counter(declarations: string): (text: string) => number {
  const ts = createRequire(import.meta.url)("typescript-5.9") as Compiler;
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
    paths: { kakaorm: [join(declarations, "src/index.d.ts")] },
  };
  const program = join(declarations, "program.ts");
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  const parsed = new Map<string, object | undefined>();
  let text = "";
  host.fileExists = (name) => name === program || fileExists.call(host, name);
  host.readFile = (name) => (name === program ? text : readFile.call(host, name));
  host.getSourceFile = (name, target, ...rest) => {
    if (name === program) return ts.createSourceFile(name, text, options.target);
    if (!parsed.has(name)) parsed.set(name, getSourceFile.call(host, name, target, ...rest));
    return parsed.get(name);
  };
  return (given) => {
    text = given;
    const made = ts.createProgram([program], options, host);
    const [problem] = made.getSemanticDiagnostics();
    if (problem !== undefined)
      throw new Error(`the program does not compile: ${ts.flattenDiagnosticMessageText(problem.messageText, "\n")}`);
    return made.getInstantiationCount();
  };
}

export function typeCosts(): TypeCost[] {
  mkdirSync(join(root, ".tmp"), { recursive: true });
  const folder = mkdtempSync(join(root, ".tmp/types-"));
  try {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const args = [tsc, "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", folder];
    const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`the declarations cannot be made:\n${stdout}`);
    const count = counter(folder);
    const schema = count(schemaText);
    const of = (name: string, cost: number, budget: number): TypeCost => ({ name, count: Math.round(cost), budget });
    return [
      of("schema of 20 models", schema - count(emptyText), TYPE_BUDGET.schema),
      of(`each of ${QUERY_COUNT} queries`, (count(queriesText) - schema) / QUERY_COUNT, TYPE_BUDGET.query),
      ...Object.keys(CALLS).map((name) => of(name, (count(callText(name)) - schema) / CALLS_EACH, TYPE_BUDGET.call)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const costs = typeCosts();
  for (const { name, count, budget } of costs)
    console.log(`${name.padEnd(22)} ${String(count).padStart(6)} instantiations of ${budget}${count > budget ? "  OVER" : ""}`);
  if (costs.some(({ count, budget }) => count > budget)) process.exitCode = 1;
}
