/** From a tree to a statement. Layer 3. */
import type { CompiledStatement } from "./compiled.ts";
import type { Naming } from "./naming.ts";
import type { Renderer, StatementNode } from "./renderer.ts";
import { ParameterSink } from "./sink.ts";
import type { Traits } from "./traits.ts";
import type { RenderContext } from "./writer.ts";

export type Compiler = (node: StatementNode, traits: Traits, naming: Naming) => CompiledStatement;

/**
 * A renderer is made once for a database and used again: it is a dozen objects, and while one of them lives, V8 keeps the code that
 * it made for their kind.
 */
export function compilerOf(make: (context: Omit<RenderContext, "wire">) => Renderer): Compiler {
  let kept: Renderer | null = null;
  return (node, traits, naming) => {
    const sink = new ParameterSink(traits.placeholder);
    let renderer = kept;
    // A codec of the caller's may write a statement of its own while this one is written; one that fails leaves nothing to use again.
    kept = null;
    if (renderer !== null && renderer.traits === traits && renderer.naming === naming) renderer.sink = sink;
    else renderer = make({ traits, naming, sink });
    const compiled = renderer.statement(node);
    renderer.renew();
    kept = renderer;
    return compiled;
  };
}
