/** x Layer 6. */
import { updateInstance } from "./persistence.ts";

export const updateRebased = updateInstance;
