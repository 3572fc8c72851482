/** Compares text with a file of tests/golden; `UPDATE_GOLDEN=1` writes the file instead. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const folder = fileURLToPath(new URL("../golden/", import.meta.url));

export function expectGolden(name: string, text: string): void {
  const path = join(folder, name);
  const actual = text.endsWith("\n") ? text : `${text}\n`;
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
  }
  if (!existsSync(path)) throw new Error(`tests/golden/${name} is missing; write it with UPDATE_GOLDEN=1`);
  expect(actual, `tests/golden/${name} differs; if the change is meant, run again with UPDATE_GOLDEN=1`).toBe(readFileSync(path, "utf8"));
}
