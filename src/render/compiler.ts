/** From a tree to a statement. Layer 3. */
import type { CompiledStatement } from "./compiled.ts";
import { KeptTexts } from "./kept-texts.ts";
import type { Naming } from "./naming.ts";
import type { Renderer, StatementNode } from "./renderer.ts";
import { ParameterSink } from "./sink.ts";
import type { Traits } from "./traits.ts";
import type { RenderContext } from "./writer.ts";

export type Compiler = (node: StatementNode, traits: Traits, naming: Naming) => CompiledStatement;

/** What is made once for a database and used again. */
interface Kept {
  readonly naming: Naming;
  readonly texts: KeptTexts;
  /** It is a dozen objects, and while one of them lives, V8 keeps the code that it made for their kind. Null: it is in use. */
  renderer: Renderer | null;
}

export function compilerOf(make: (context: Omit<RenderContext, "wire">) => Renderer): Compiler {
  const databases = new WeakMap<Traits, Kept>();
  let last: Traits | null = null;
  let kept: Kept | undefined;
  return (node, traits, naming) => {
    if (traits !== last || kept?.naming !== naming) {
      kept = databases.get(traits);
      last = traits;
    }
    const known = kept?.naming === naming ? kept.texts.find(node) : null;
    if (known !== null) return known;
    const sink = new ParameterSink(traits.placeholder);
    if (kept?.naming !== naming) {
      const renderer = make({ traits, naming, sink });
      kept = { naming, texts: new KeptTexts(renderer), renderer };
      databases.set(traits, kept);
    }
    const own = kept;
    // A codec of the caller's may write a statement of its own while this one is written; one that fails leaves nothing to use again.
    const renderer = own.renderer ?? make({ traits, naming, sink });
    own.renderer = null;
    renderer.sink = sink;
    const compiled = renderer.statement(node);
    renderer.renew();
    own.renderer = renderer;
    own.texts.keep(node, compiled);
    return compiled;
  };
}
