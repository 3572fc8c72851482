/** A Node with node:sqlite, for the tests of that driver, where the running one has none. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major = 0] = process.versions.node.split(".").map(Number);
/** Where `.ci/run` puts one, and where the package named node puts one. */
const places = ["../../.tmp/node/node_modules/node/bin/node", "../../node_modules/node/bin/node"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The path of the newer Node beside the project, or null. */
export const newerNode: string | null = places.find((path) => existsSync(path)) ?? null;

/** The running Node when it is new enough, else the newer one, else null. */
export const nodeWithSqlite: string | null = major >= 24 ? process.execPath : newerNode;
