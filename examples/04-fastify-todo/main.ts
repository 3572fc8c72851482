/** `npm run example -- 04-fastify-todo [url]`: serves the Todo API on port 3000, or on that of the variable PORT. */
import { buildApp } from "./app.ts";

const app = await buildApp({ url: process.argv[2] ?? "sqlite::memory:" });
const address = await app.listen({ port: Number(process.env["PORT"] ?? 3000), host: process.env["HOST"] ?? "127.0.0.1" });
console.log(`API page: ${address}/docs`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
