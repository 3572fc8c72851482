import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^kakaorm\/migrations$/, replacement: fileURLToPath(new URL("./migrations/index.ts", import.meta.url)) },
      { find: /^kakaorm\/zod$/, replacement: fileURLToPath(new URL("./src/zod/index.ts", import.meta.url)) },
      { find: /^kakaorm\/fastify$/, replacement: fileURLToPath(new URL("./src/fastify/index.ts", import.meta.url)) },
      { find: /^kakaorm$/, replacement: fileURLToPath(new URL("./src/index.ts", import.meta.url)) },
    ],
  },
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/types/**", "node_modules/**"],
    pool: "forks",
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // A rejection nobody waited for fails the run even when every test passed.
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
