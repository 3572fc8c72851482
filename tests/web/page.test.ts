/** The API page of the example as a browser shows it. */
import { spawn, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../../examples/04-fastify-todo/app.ts";
import { root } from "../support/docs.ts";

const candidates = ["chromium", "chromium-browser", "google-chrome"];
const browser = candidates.find((name) => spawnSync("which", [name]).status === 0) ?? null;
const required = process.env.KAKA_REQUIRE_ALL === "1";

/** The document once its scripts have run. */
function rendered(url: string): Promise<string> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=10000", "--dump-dom", url];
  return new Promise((resolve, reject) => {
    const child = spawn(browser as string, args, { stdio: ["ignore", "pipe", "ignore"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

describe("the API page", () => {
  let app: Awaited<ReturnType<typeof buildApp>>;
  let address = "";
  const asked: string[] = [];
  beforeAll(async () => {
    app = await buildApp({ url: "sqlite::memory:", name: "page", default: true });
    app.server.on("request", ({ url }) => asked.push(url ?? ""));
    address = await app.listen({ port: 0, host: "127.0.0.1" });
  });
  afterAll(() => app?.close());

  it("is told by plain schemas of every route", async () => {
    const { paths } = (await (await fetch(`${address}/docs/json`)).json()) as { paths: Record<string, object> };
    const routes = Object.entries(paths).flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb} ${path}`));
    expect(routes.sort()).toEqual([
      "delete /todos/{id}",
      "delete /users/{id}",
      "get /todos",
      "get /todos/{id}",
      "get /users/{id}",
      "patch /todos/{id}",
      "post /todos",
      "post /todos/import",
      "post /users",
    ]);
    expect(JSON.stringify(paths)).not.toMatch(/apiKey|~standard/);
  });

  const name = browser === null ? "shows the routes in a browser (skipped: no chromium is installed)" : "shows the routes in a browser";
  it.skipIf(browser === null && !required)(name, async () => {
    expect(browser, `one of ${candidates.join(", ")} is installed`).not.toBeNull();
    const page = await rendered(`${address}/docs/`);
    const shown = [...page.matchAll(/class="opblock-summary-path"[^>]*data-path="([^"]+)"/g)].map(([, path]) => path);
    expect(shown.filter((path) => path?.startsWith("/todos"))).toHaveLength(6);
    expect(page).toContain("Todo API");
    expect(asked).toContain("/docs/json");
    // Everything that the page is made of comes from here.
    expect([...page.matchAll(/(?:src|href)="(https?:[^"]+)"/g)].map(([, url]) => url).filter((url) => !url?.startsWith(address))).toEqual(
      [],
    );
  });
});

describe("npm run example", () => {
  it("serves the Todo API, prints the address of its page and ends when it is asked to", async () => {
    const child = spawn(process.execPath, ["node_modules/tsx/dist/cli.mjs", "examples/04-fastify-todo/main.ts"], {
      cwd: root,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    const line = await new Promise<string>((resolve) => child.stdout.on("data", (chunk) => resolve(String(chunk))));
    const [url] = /http:\S+/.exec(line) ?? [];
    const answer = await fetch(`${url}/`);
    expect([answer.status, (await answer.text()).includes("swagger-ui")]).toEqual([200, true]);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
