/** Every suite on every database server. */
import { matrix } from "./support/matrix.ts";

await matrix("server");
