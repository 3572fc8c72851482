/** How each kind of join is written. Layer 3. */
import type { JoinKind } from "../ast/select.ts";

export const joinWords: Readonly<Record<JoinKind, string>> = {
  inner: " join ",
  left: " left join ",
  right: " right join ",
  full: " full join ",
  cross: " cross join ",
};
