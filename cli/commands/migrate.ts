/** `kakaorm migrate`: brings a database to the state of the migrations, or back. */
import type { CommandModule } from "yargs";
import { compileTarget } from "../../migrations/compile.ts";
import { describeSteps } from "../../migrations/describe.ts";
import type { PlannedMigration } from "../../migrations/plan.ts";
import type { MigrationEvent, RunOptions } from "../../migrations/run-options.ts";
import { compilePlanned, previewMigrations, runMigrations } from "../../migrations/runner.ts";
import { UsageError } from "../../src/errors.ts";
import { projectOptions } from "../options.ts";
import { data, exit, json, say } from "../output.ts";
import { progressOn } from "../progress.ts";
import { databaseOf, migrationFiles, openProject, type ProjectOptions, withDatabase } from "../project.ts";
import { assertNamed, certainLosses, plannedLosses } from "../remote.ts";

interface Options extends ProjectOptions {
  readonly target: string | undefined;
  readonly to: string | undefined;
  readonly down: boolean;
  readonly direction: "up" | "down" | undefined;
  readonly steps: number | undefined;
  readonly fake: boolean;
  readonly plan: boolean;
  readonly json: boolean;
  readonly check: boolean;
  readonly allowDrop: string | undefined;
  readonly resume: boolean;
  readonly resolve: "applied" | "rolled-back" | undefined;
  readonly outOfOrder: boolean;
  readonly wait: number;
}

export const migrate: CommandModule<object, Options> = {
  command: "migrate [target]",
  describe: "Apply migrations to a database, or take them back",
  builder: (parser) =>
    projectOptions(parser)
      .positional("target", { type: "string", describe: "The last migration to apply, like --to" })
      .option("to", { type: "string", describe: "The last migration to apply; with --down the last to keep, or zero" })
      .option("down", { type: "boolean", default: false, describe: "Take migrations back: the last one, unless --steps or --to says more" })
      .option("direction", { choices: ["up", "down"] as const, describe: "The same in other words; up unless said" })
      .option("steps", { type: "number", describe: "How many migrations" })
      .option("fake", { type: "boolean", default: false, describe: "Note them as applied (or taken back) without running them" })
      .option("plan", { alias: "dry-run", type: "boolean", default: false, describe: "Print the SQL and run nothing" })
      .option("check", { type: "boolean", default: false, describe: "Run nothing; exit 3 when something is pending" })
      .option("json", { type: "boolean", default: false, describe: "Print the result as JSON" })
      .option("allow-drop", { type: "string", describe: "The database's name: lose data in one that is not on this machine" })
      .option("resume", { type: "boolean", default: false, describe: "Go on where a migration was broken off" })
      .option("resolve", { choices: ["applied", "rolled-back"] as const, describe: "What became of the step it was broken off at" })
      .option("out-of-order", { type: "boolean", default: false, describe: "Apply files that come before applied ones" })
      .option("wait", { type: "number", default: 600, describe: "Seconds to wait while another process migrates" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const files = await migrationFiles(project);
    if (o.down && o.direction === "up") throw new UsageError("--down and --direction up say opposite things");
    if (!(o.wait >= 0)) throw new UsageError("--wait is a number of seconds");
    if (o.steps !== undefined && !(Number.isSafeInteger(o.steps) && o.steps >= 0)) throw new UsageError("--steps is a whole number");
    const plan = {
      direction: o.down ? ("down" as const) : o.direction,
      to: o.to ?? o.target,
      steps: o.steps,
      outOfOrder: o.outOfOrder,
    };
    const named = (losses: () => readonly string[]): void => {
      if (!o.fake && !o.plan && !o.check) assertNamed(databaseOf(project).url, o.allowDrop, losses);
    };
    // What is sure to be lost is refused before the database hears of it.
    named(() => certainLosses(files, plan));
    process.exitCode = await withDatabase(project, async (engine) => {
      if (o.plan || o.check) {
        const planned = await previewMigrations(engine, files, plan);
        if (o.plan) {
          const target = await compileTarget(engine);
          print(
            planned.map((one) => ({ one, steps: compilePlanned(target, one) })),
            o.json,
          );
        }
        for (const { migration } of o.check ? planned : []) say(`pending: ${migration.name}`, "yellow");
        return o.check && planned.length > 0 ? exit.found : exit.done;
      }
      const options: RunOptions = {
        ...plan,
        fake: o.fake,
        resume: o.resume,
        ...(o.resolve === undefined ? {} : { resolve: o.resolve }),
        waitMs: o.wait * 1000,
        approve: (found) => named(() => plannedLosses(found)),
        onEvent: (event) => progress.show(event) || tell(event, o.fake),
      };
      const progress = progressOn(process.stderr);
      const result = await runMigrations(engine, files, options).finally(progress.stop);
      if (o.json) json(result);
      const count = (list: readonly string[]): string => `${list.length} migration${list.length === 1 ? "" : "s"}`;
      if (result.reverted.length > 0)
        say(o.fake ? `Noted ${count(result.reverted)} as taken back` : `Rolled back ${count(result.reverted)}`, "green");
      if (result.applied.length > 0)
        say(o.fake ? `Noted ${count(result.applied)} as applied` : `Applied ${count(result.applied)}`, "green");
      if (result.applied.length + result.reverted.length === 0) say("Nothing to do");
      return exit.done;
    });
  },
};

function print(
  planned: readonly { readonly one: PlannedMigration; readonly steps: Parameters<typeof describeSteps>[0] }[],
  asJson: boolean,
): void {
  if (asJson) {
    json(
      planned.map(({ one, steps }) => ({
        name: one.migration.name,
        direction: one.direction,
        destroys: one.destroys,
        statements: describeSteps(steps),
      })),
    );
    return;
  }
  for (const { one, steps } of planned)
    data([`-- ${one.migration.name} (${one.direction})`, ...describeSteps(steps).map((sql) => `${sql};`), ""].join("\n"));
}

function tell(event: MigrationEvent, fake: boolean): void {
  switch (event.kind) {
    case "waiting":
      return say(`Waiting for ${event.holder}, which migrates this database`, "yellow");
    case "begin":
      return say(`${event.direction === "up" ? "Applying" : "Taking back"}: ${event.name}`);
    case "step":
      return say(`  ${event.step}/${event.steps} ${event.label}`, "dim");
    case "progress":
      return say(`  ${event.done}${event.total === null ? "" : ` of ${event.total}`} rows`, "dim");
    case "retry":
      return say(`  tries again: ${event.reason}`, "yellow");
    case "done":
      return say(fake ? `Noted: ${event.name}` : `  done in ${Math.round(event.milliseconds)} ms`, "dim");
    default:
      throw event satisfies never;
  }
}
