/** The world in six tables, and ten questions about it: `npm run example -- 02-world [url]`. */
import { fileURLToPath } from "node:url";
import { connect } from "kakaorm";
import { dropWorld, loadWorld } from "./world/load.ts";
import { answer, questions } from "./world/questions.ts";

async function main(url: string): Promise<void> {
  await using db = await connect(url);
  try {
    await loadWorld(db);
    const answers = await answer(db);
    let number = 0;
    for (const [name, question] of Object.entries(questions)) {
      const found: unknown = answers[name as keyof typeof answers];
      console.log(`\n${++number}. ${question}`);
      if (typeof found === "object") console.table(found);
      else console.log(found);
    }
  } finally {
    await dropWorld(db);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] ?? "sqlite::memory:");
