/** `npm run readme -- a.json b.json`: writes the tables of these runs into README.md, between its two marks. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { asMarkdown, type Report } from "./report.ts";

const readme = fileURLToPath(new URL("./README.md", import.meta.url));
const [begin, end] = ["<!-- tables: begin -->", "<!-- tables: end -->"] as const;

const tables = process.argv.slice(2).map((file) => asMarkdown(JSON.parse(readFileSync(file, "utf8")) as Report));
const text = readFileSync(readme, "utf8");
const from = text.indexOf(begin) + begin.length;
writeFileSync(readme, `${text.slice(0, from)}\n\n${tables.join("\n\n")}\n\n${text.slice(text.indexOf(end))}`);
