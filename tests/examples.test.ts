/** Every example on every target that can be reached: what they print, what they send, and whether the answers are right. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tour } from "../examples/00-tour.ts";
import { dropWorld, loadWorld, records } from "../examples/world/load.ts";
import { type Answers, angle, answer, questions } from "../examples/world/questions.ts";
import { connect, type Engine } from "../src/index.ts";
import { blocksOf, root } from "./support/docs.ts";
import { expectGolden } from "./support/golden.ts";
import { selectTargets } from "./targets/all.ts";

const { running } = await selectTargets();

/** The numbered files that have no test of their own here. */
const examples = readdirSync(join(root, "examples"))
  .filter((file) => /^\d+-.*\.ts$/.test(file) && !/^0[012]-/.test(file))
  .map((file) => file.slice(0, -".ts".length));

function run(example: string, url: string): { stdout: string; stderr: string; status: number | null } {
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsx, join(root, "examples", `${example}.ts`), url], {
    cwd: root,
    encoding: "utf8",
  });
  return { stdout, stderr, status };
}

/** The targets whose statements are pinned, one per dialect and flavour; the others differ by aliases at most. */
const pinnedSql: Readonly<Record<string, string>> = {
  sqlite: "tour.sqlite.sql",
  pglite: "tour.postgres.sql",
  postgres: "tour.postgres.sql",
  "postgres-new": "tour.postgres.sql",
  mariadb: "tour.mariadb.sql",
  "mysql-new": "tour.mysql.sql",
};

/** What examples print, the numbers of their statements included. */
const pinnedOutput: Readonly<Record<string, string>> = { "03-blog": "blog.txt" };

for (const target of running) {
  describe(target.name, () => {
    let url = "";
    let engine: Engine;
    beforeAll(async () => {
      url = await target.url();
      // The examples speak to the default engine, as a program does.
      engine = await connect(url, { name: target.name, default: true });
    });
    afterAll(async () => {
      await engine?.disconnect();
      await target.dispose();
    });

    it("00-tour prints the same everywhere and sends what is pinned", async () => {
      const printed: string[] = [];
      const sent: string[] = [];
      const off = engine.on("statement", ({ sql }) => sent.push(`${sql};`));
      await tour(engine, (title, value) => printed.push(`${title}: ${typeof value === "string" ? value : inspect(value)}`));
      off();
      expectGolden("tour.txt", printed.join("\n"));
      const golden = pinnedSql[target.name];
      if (golden !== undefined) expectGolden(golden, sent.join("\n"));
      else expect(target.family, "every other family is pinned").toBe("sqlite");
    });

    it("01-quickstart prints what the README says", () => {
      const { stdout, stderr } = run("01-quickstart", url);
      expect(stderr).toBe("");
      const promised = blocksOf("README.md").find(({ name }) => name === "quickstart")?.output ?? "no block";
      expect(withoutSql(stdout)).toBe(withoutSql(promised));
      if (target.name === "sqlite") expect(stdout).toBe(promised);
    });

    it.each(examples)("%s runs, twice in a row", (example) => {
      const runs = [run(example, url), run(example, url)];
      for (const { stdout, stderr, status } of runs)
        expect({ stderr, status, silent: stdout === "" }).toEqual({ stderr: "", status: 0, silent: false });
      expect(runs[1]?.stdout).toBe(runs[0]?.stdout);
      // Without RETURNING the keys of new rows are a statement of their own.
      const golden = pinnedOutput[example];
      if (golden !== undefined && target.capabilities.insertReturning) expectGolden(golden, runs[0]?.stdout ?? "");
    });

    it("02-world answers as plain JavaScript does, twice", async () => {
      const expected = inJavaScript();
      expect(expected.overview.countries).toBeGreaterThan(240);
      for (const round of [1, 2]) {
        await loadWorld(engine);
        let answers: Answers;
        try {
          answers = await answer(engine);
        } finally {
          await dropWorld(engine);
        }
        // Mathematically equal sums of floats differ in the last bit.
        expect(answers.overview.latitude, `round ${round}`).toBeCloseTo(expected.overview.latitude ?? Number.NaN, 9);
        expect(comparable(answers), `round ${round}`).toEqual(comparable(expected));
      }
    });
  });
}

it("runs from the command line and prints each question", () => {
  const local = running.find(({ family }) => family === "sqlite");
  expect(local, "SQLite is always tested").toBeDefined();
  const folder = mkdtempSync(join(tmpdir(), "kaka_world_"));
  try {
    const url = `sqlite:${join(folder, "world.db")}`;
    const first = run("02-world", url);
    expect(first.stderr).toBe("");
    for (const question of Object.values(questions)) expect(first.stdout).toContain(question);
    expect(run("02-world", url)).toEqual(first);
    expect(run("00-tour", url).stderr).toBe("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Without the float, and without the order of countries that have equally many neighbours. */
function comparable(answers: Answers): Answers {
  const counts = answers.mostNeighbours.map(({ neighbours }) => neighbours);
  const mostNeighbours = [...answers.mostNeighbours].sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(counts, "most neighbours first").toEqual([...counts].sort((a, b) => b - a));
  return { ...answers, mostNeighbours, overview: { ...answers.overview, latitude: null } };
}

/** The one line that is spelled differently by each dialect. */
function withoutSql(printed: string): string {
  const lines = printed.split("\n");
  const without = lines.filter((line) => !line.startsWith("sql "));
  expect(without.length, "one line of SQL").toBe(lines.length - 1);
  return without.join("\n");
}

const cents = (area: number): bigint => BigInt(Math.round(area * 100));
const decimal = (hundredths: bigint): string => `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
const known = records.filter(({ area }) => area >= 0);
const byCode = [...records].sort((a, b) => (a.cca3 < b.cca3 ? -1 : 1));
const areaOf = (area: number): string | null => (area < 0 ? null : decimal(cents(area)));

function inJavaScript(): Answers {
  const areas = known.map(({ area }) => cents(area)).sort((a, b) => (a < b ? -1 : 1));
  const speakers = new Map<string, number>();
  for (const { languages } of records) for (const code of Object.keys(languages)) speakers.set(code, (speakers.get(code) ?? 0) + 1);
  const spain = records.find(({ cca3 }) => cca3 === "ESP")?.latlng ?? [0, 0];
  const fromOpposite = ({ latlng: [latitude, longitude] }: (typeof records)[number]) =>
    angle({ latitude, longitude }, { latitude: -spain[0], longitude: spain[1] + 180 });
  const oceania = known.filter(({ region }) => region === "Oceania");
  // Half away from zero at the second digit of each row.
  const miles = oceania.map(({ area }) => (cents(area) * 386102n + 500_000n) / 1_000_000n);
  return {
    overview: {
      countries: records.length,
      area: decimal(areas.reduce((total, area) => total + area, 0n)),
      smallest: decimal(areas[0] ?? 0n),
      largest: decimal(areas.at(-1) ?? 0n),
      latitude: records.reduce((total, { latlng }) => total + latlng[0], 0) / records.length,
    },
    largest: [...records]
      .sort((a, b) => b.area - a.area)
      .slice(0, 5)
      .map(({ name, capital, area }) => ({ name: name.common, capital: capital[0] ?? null, area: areaOf(area) })),
    oppositeOfSpain: [...records].sort((a, b) => fromOpposite(a) - fromOpposite(b))[0]?.name.common ?? "",
    euroSubregions: [
      ...new Set(records.filter(({ currencies, subregion }) => "EUR" in currencies && subregion !== "").map(({ subregion }) => subregion)),
    ].sort(),
    doublyLandlocked: byCode
      .filter(({ landlocked, borders }) => landlocked && borders.length > 0)
      .filter(({ borders }) => borders.every((code) => records.find(({ cca3 }) => cca3 === code)?.landlocked))
      .map(({ name }) => name.common),
    unknown: byCode
      .filter(({ capital, area }) => capital.length === 0 || area < 0)
      .map(({ name, capital, area }) => ({ name: name.common, missing: { capital: capital[0] ?? null, area: areaOf(area) } })),
    germanNames: byCode
      .map(({ name, translations }) => ({ name: name.common, german: translations["deu"]?.common ?? null }))
      .filter(({ german }) => german?.endsWith("reich")),
    spokenInOneCountry: [...speakers.values()].filter((countries) => countries === 1).length,
    mostNeighbours: records
      .filter(({ borders }) => borders.length >= 9)
      .map(({ name, borders }) => ({ name: name.common, neighbours: borders.length }))
      .sort((a, b) => b.neighbours - a.neighbours),
    squareMiles: {
      updated: records.filter(({ region }) => region === "Oceania").length,
      total: decimal(miles.reduce((total, area) => total + area, 0n)),
    },
  };
}
