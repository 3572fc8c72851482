/**
 * `npm run test:tpch [-- --scale 0.01] [--only 7,13]`: the 22 questions of TPC-H, asked with the query builder and in SQL
 * written by hand, on every database that can be reached. It fails where an answer differs.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Target } from "../tests/targets/target.ts";
import { questionNames } from "../tests/tpch/all.ts";
import { type Answer, ask } from "../tests/tpch/ask.ts";
import { type Data, sizesOf } from "../tests/tpch/data.ts";
import { generate } from "../tests/tpch/generate.ts";
import { openPlace, reachablePlaces } from "../tests/tpch/place.ts";
import type { QuestionName } from "../tests/tpch/sql/all.ts";
import { runUnderNpmsNode } from "./npms-node.ts";

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** @throws Error for a number that is no question */
function chosen(only: string | undefined): QuestionName[] {
  if (only === undefined) return [...questionNames];
  return only.split(",").map((given) => {
    const name = questionNames.find((one) => Number(one.slice(1)) === Number(given.trim().replace(/^q/, "")));
    if (name === undefined) throw new Error(`--only: there is no question ${given}; they are numbered from 1 to ${questionNames.length}`);
    return name;
  });
}

function line({ name, title, rows, difference, rawFragments, builtMs, writtenMs }: Answer): string {
  const times = `builder ${builtMs.toFixed(0)} ms, by hand ${writtenMs.toFixed(0)} ms`;
  const remarks = [rows === 0 && "no rows", rawFragments > 0 && `${rawFragments} raw fragments`, difference];
  return `  ${name} ${String(rows).padStart(4)} rows  ${times}  ${title}${remarks.flatMap((text) => (text ? [`\n      ${text}`] : [])).join("")}`;
}

/** The questions of one database; resolves to whether every answer agrees. */
async function askAll(target: Target, names: readonly QuestionName[], data: Data): Promise<boolean> {
  const start = performance.now();
  const { db, client, loadMs, leave } = await openPlace(target, data);
  try {
    console.log(`${target.name}: ${db.server.flavour} ${db.server.version}, loaded in ${seconds(loadMs)}`);
    const answers: Answer[] = [];
    for (const name of names) {
      const answer = await ask(name, db, client, target.family);
      answers.push(answer);
      console.log(line(answer));
    }
    const agree = answers.filter(({ rows, difference }) => rows > 0 && difference === null).length;
    const raw = answers.filter(({ rawFragments }) => rawFragments > 0).length;
    const took = seconds(performance.now() - start);
    console.log(`${target.name}: ${agree} of ${names.length} agree, ${raw} use a raw fragment, ${took}\n`);
    return agree === names.length && raw === 0;
  } finally {
    await leave();
  }
}

/** @throws Error for options that make no sense */
function options(): { names: QuestionName[]; scale: number } {
  const { values } = parseArgs({ options: { scale: { type: "string", default: "0.01" }, only: { type: "string" } } });
  const scale = Number(values.scale);
  sizesOf(scale);
  return { names: chosen(values.only), scale };
}

async function main(): Promise<number> {
  let given: ReturnType<typeof options>;
  try {
    given = options();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  const { names, scale } = given;
  const start = performance.now();
  const data = generate(scale);
  const sizes = Object.entries(data).map(([table, rows]) => `${rows.length} ${table}`);
  console.log(`scale ${scale}: ${sizes.join(", ")}\n`);
  const { running, skipped } = await reachablePlaces();
  let wrong = 0;
  for (const target of running) if (!(await askAll(target, names, data))) wrong++;
  for (const { name, reason } of skipped) console.log(`${name}: skipped, ${reason}`);
  if (process.env.KAKA_REQUIRE_ALL === "1") wrong += skipped.length;
  const verdict = wrong > 0 ? `failed on ${wrong}` : running.length === 0 ? "nothing was compared" : "all answers agree";
  console.log(`${running.length} databases, ${skipped.length} skipped, ${verdict}, ${seconds(performance.now() - start)} in all`);
  return wrong > 0 || running.length === 0 ? 1 : 0;
}

process.exitCode = runUnderNpmsNode(fileURLToPath(import.meta.url)) ?? (await main());
