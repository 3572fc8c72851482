/** The files of a new project. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const config = `import { defineConfig, env } from "kakaorm/migrations";

export default defineConfig({
  models: "./src/models",
  migrations: "./migrations",
  databases: {
    // The first one is used unless --db names another.
    default: env("DATABASE_URL", "sqlite:./app.db"),
  },
});
`;

const model = `import { datetime, Model, str, text } from "kakaorm";

export class Post extends Model("post", {
  title: str({ length: 200 }),
  body: text(),
  createdAt: datetime().autoNowAdd(),
}) {}
`;

const files: Readonly<Record<string, string>> = {
  "kakaorm.config.ts": config,
  "src/models/post.ts": model,
  "migrations/.gitkeep": "",
};

const scripts: Readonly<Record<string, string>> = {
  "db:make": "kakaorm makemigrations",
  "db:migrate": "kakaorm migrate",
  "db:status": "kakaorm showmigrations",
};

export function createProject(folder: string): { readonly created: string[]; readonly kept: string[] } {
  const created: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if (existsSync(path)) {
      kept.push(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    created.push(path);
  }
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) {
    writeFileSync(manifest, `${JSON.stringify({ name: "app", private: true, type: "module", scripts }, null, 2)}\n`);
    created.push(manifest);
  } else if (addScripts(manifest)) created.push(`${manifest} (scripts)`);
  return { created, kept };
}

/** Adds what is missing; scripts of the same name stay. */
function addScripts(manifest: string): boolean {
  const data = JSON.parse(readFileSync(manifest, "utf8")) as { scripts?: Record<string, string> };
  const missing = Object.entries(scripts).filter(([name]) => data.scripts === undefined || !Object.hasOwn(data.scripts, name));
  if (missing.length === 0) return false;
  writeFileSync(manifest, `${JSON.stringify({ ...data, scripts: { ...data.scripts, ...Object.fromEntries(missing) } }, null, 2)}\n`);
  return true;
}
