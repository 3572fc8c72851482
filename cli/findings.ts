/** Findings of lint as people read them, and for which databases they are looked for. */
import type { DialectName } from "../migrations/definition.ts";
import type { Finding } from "../migrations/lint.ts";
import { parseUrl } from "../src/engine/url.ts";
import { databaseOf, type Project } from "./project.ts";

export function findingText({ operation, label, dialect, rule, text, safer }: Finding): string {
  return `${operation} (${label}) ${dialect === "all" ? "" : `${dialect}: `}${rule}: ${text}${safer === null ? "" : `; safer: ${safer}`}`;
}

/** The kind of the project's database; all kinds when none is named. */
export function dialectsOf(project: Project): readonly DialectName[] {
  try {
    return [parseUrl(databaseOf(project).url).family];
  } catch {
    return ["postgres", "mysql", "sqlite"];
  }
}
