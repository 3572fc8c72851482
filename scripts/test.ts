/**
 * `npm test`: says which targets run, runs vitest, and closes with `N passed, N failed, N skipped`.
 * Arguments go to vitest. On a Node without node:sqlite the core suite runs once more under the Node of the
 * development dependencies, so that this driver is tested everywhere.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newerNode } from "../tests/support/newer-node.ts";
import { selectTargets } from "../tests/targets/all.ts";
import { hasNodeSqlite } from "../tests/targets/sqlite.ts";
import { runUnderNpmsNode } from "./npms-node.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const args = process.argv.slice(2);
const results = mkdtempSync(join(tmpdir(), "kaka-results-"));

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The numbers of vitest's JSON report. A file that could not be loaded has no tests and counts as one failure. */
function readCounts(path: string): Counts {
  const report: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  if (!isRecord(report)) return { passed: 0, failed: 0, skipped: 0 };
  const number = (key: string) => Number(report[key] ?? 0);
  const files: unknown[] = Array.isArray(report["testResults"]) ? report["testResults"] : [];
  const unloaded = files.filter((file) => {
    if (!isRecord(file) || file["status"] !== "failed") return false;
    const tests: unknown[] = Array.isArray(file["assertionResults"]) ? file["assertionResults"] : [];
    return !tests.some((test) => isRecord(test) && test["status"] === "failed");
  });
  return {
    passed: number("numPassedTests"),
    failed: number("numFailedTests") + unloaded.length,
    skipped: number("numPendingTests") + number("numTodoTests"),
  };
}

function runVitest(node: string, name: string, given: readonly string[], env: Readonly<Record<string, string>>): Counts {
  const report = join(results, `${name}.json`);
  const run = spawnSync(node, [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...given], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  const counts = readCounts(report);
  // Unhandled errors, an empty run and a killed process fail no test, yet they are failures.
  if (run.status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function main(): Promise<number> {
  const { running, skipped } = await selectTargets();
  const chosen = skipped.filter((one) => one.reason === "not in KAKA_TARGETS").map((one) => one.name);
  let missing = skipped.filter((one) => !chosen.includes(one.name));
  const second = !hasNodeSqlite() && args.length === 0 && !chosen.includes("node-sqlite") ? (newerNode ?? undefined) : undefined;
  // With arguments only the files they name run, so there is no second run to miss.
  if (newerNode !== null) missing = missing.filter((one) => one.name !== "node-sqlite");
  const runs = [...running.map((target) => target.name), ...(second !== undefined ? ["node-sqlite (second run, newer Node)"] : [])];
  const skips = [...missing.map((one) => `${one.name} (${one.reason})`), ...chosen.map((name) => `${name} (not in KAKA_TARGETS)`)];
  console.log(`targets: ${runs.join(", ") || "none"}; skipped: ${skips.join(", ") || "none"}`);
  if (process.env.KAKA_REQUIRE_ALL === "1" && missing.length > 0) {
    console.error(`KAKA_REQUIRE_ALL=1: missing ${missing.map((one) => `${one.name} (${one.reason})`).join(", ")}`);
    return 1;
  }
  const rounds = [runVitest(process.execPath, "main", args, {})];
  if (second !== undefined) {
    console.log("node-sqlite: the core suite once more, under the newer Node");
    const core = ["tests/matrix.test.ts", "tests/unit/drivers"];
    // The native clients were built for the running Node: there they are tested, here their tests say so and are skipped.
    rounds.push(runVitest(second, "newer-node", core, { KAKA_TARGETS: "node-sqlite", KAKA_REQUIRE_ALL: "0" }));
  }
  const sum = (key: keyof Counts) => rounds.reduce((total, counts) => total + counts[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") === 0 ? 0 : 1;
}

try {
  process.exitCode = runUnderNpmsNode(fileURLToPath(import.meta.url)) ?? (await main());
} finally {
  rmSync(results, { recursive: true, force: true });
}
