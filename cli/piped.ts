/** Lines for the shell that nobody types: each begins when the one before it has ended, and the first that fails is the last. */
import { once } from "node:events";
import { type REPLEval, Recoverable, start } from "node:repl";
import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { messageOf, say } from "./output.ts";

/** Runs stdin with these names at hand, printing what each statement yields. False: something failed, and was said on stderr. */
export async function runPiped(scope: object): Promise<boolean> {
  const lines = (await text(process.stdin)).split("\n");
  const input = new PassThrough();
  // What the prompt says of a line is known to be a result only when the line is over.
  let said = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  const repl = start({ prompt: "", input, output, terminal: false, useGlobal: true, ignoreUndefined: true });
  Object.assign(repl.context, scope);
  const { eval: evaluate } = repl as { eval: REPLEval };
  let unfinished = false;
  const watched: REPLEval = (code, context, file, answer) =>
    evaluate.call(repl, code, context, file, (error, value) => {
      unfinished = error instanceof Recoverable;
      answer(error, value);
    });
  let failed = false;
  const next = (): void => {
    const error: unknown = repl.context["_error"];
    failed ||= error !== undefined;
    if (failed) say(`error: ${messageOf(error)}`, "red");
    else process.stdout.write(said);
    said = "";
    const line = failed ? undefined : lines.shift();
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  };
  Object.assign(repl, { eval: watched, displayPrompt: next });
  const over = once(repl, "exit").then(() => {
    lines.length = 0;
  });
  next();
  await over;
  if (!failed && unfinished) say("error: the input ends within a statement", "red");
  return !failed && !unfinished;
}
