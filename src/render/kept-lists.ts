/** The select lists of whole rows, which come again with every query of a model: their texts are kept. Layer 3. */
import { lastingLists, type SelectNode } from "../ast/select.ts";
import type { Names } from "./with-renderer.ts";
import type { SqlWriter } from "./writer.ts";

export class KeptLists {
  readonly #texts = [new WeakMap<object, string>(), new WeakMap<object, string>()] as const;

  /** Writes the list; it is put together the first time only, where no name in it stands behind that of its table. */
  write({ columns, groupBy }: SelectNode, names: Names, readable: boolean, to: SqlWriter, write: () => void): void {
    const { frame, sink, traits } = to;
    const plain = frame !== null && frame.parent === null && !frame.qualify && frame.sources[0]?.source.kind === "table";
    const usual = names === (traits.rowAliases ? "numbered" : null) && groupBy.length === 0;
    if (!plain || !usual || !lastingLists.has(columns)) return write();
    const texts = this.#texts[readable ? 1 : 0];
    let text = texts.get(columns);
    const before = sink.text;
    if (text === undefined) {
      sink.text = "";
      write();
      text = sink.text;
      texts.set(columns, text);
    }
    sink.text = before + text;
  }
}
