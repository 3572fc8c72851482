/** Steps and rows as a bar, on a terminal only: elsewhere each is a line. */
import { Presets, SingleBar } from "cli-progress";
import type { MigrationEvent } from "../migrations/run-options.ts";

/** Draws what it is told about; true when that was drawn, false when it is left to be said. */
export interface Progress {
  show(event: MigrationEvent): boolean;
  /** Leaves what is drawn as it is, so that something else can be said. */
  stop(): void;
}

const silent: Progress = { show: () => false, stop() {} };

/** A bar for each migration: its steps, and the rows of a data step that tells how many there are. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY !== true) return silent;
  let bar: SingleBar | null = null;
  const draw = (total: number, value: number, label: string): void => {
    if (bar === null) {
      const format = "  {bar} {value}/{total} {label}";
      bar = new SingleBar({ stream, format, hideCursor: true, clearOnComplete: true, barsize: 24 }, Presets.shades_classic);
      bar.start(total, value, { label });
    } else {
      bar.setTotal(total);
      bar.update(value, { label });
    }
  };
  const stop = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    stop,
    show(event) {
      if (event.kind === "step") {
        draw(event.steps, event.step - 1, event.label);
        return true;
      }
      if (event.kind === "progress" && event.total !== null) {
        draw(event.total, event.done, "rows");
        return true;
      }
      stop();
      return false;
    },
  };
}
