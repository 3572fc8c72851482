/** Every suite on every database that lives in the process of its program. */
import { matrix } from "./support/matrix.ts";

await matrix("local");
