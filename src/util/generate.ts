/** Whether functions can be made from text here. Layer 0. */
let allowed: boolean | null = null;

/** False where the host forbids making functions from text. */
export function canGenerate(): boolean {
  if (allowed === null) {
    try {
      allowed = new Function("return true")() === true;
    } catch {
      // A content security policy or a hardened runtime: what is written out does the same work.
      allowed = false;
    }
  }
  return allowed;
}
