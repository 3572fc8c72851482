/** Every operator, by the name that descriptions use. */

import type { Operator } from "./operator.ts";
import { anyOperators } from "./operators-any.ts";
import { valueOperators } from "./operators-values.ts";

export type OperatorName = keyof typeof anyOperators | keyof typeof valueOperators;
export const allOperators: Readonly<Record<OperatorName, Operator>> = { ...anyOperators, ...valueOperators };
