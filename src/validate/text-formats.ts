/** The forms of text that rules know. Each test takes time in proportion to the text, whatever it holds. Layer 5. */

const atomCharacter = /^[\w!#$%&'*+/=?^`{|}~.-]+$/;
const label = /^[a-z\d-]{1,63}$/i;

function isDomain(text: string): boolean {
  if (text.length > 253) return false;
  const labels = text.split(".");
  if (labels.length < 2 || /^\d+$/.test(labels.at(-1) as string)) return false;
  return labels.every((part) => label.test(part) && !part.startsWith("-") && !part.endsWith("-"));
}

/** An address as mail servers on the internet take it: ASCII, no quotes, no comments, a domain with a dot. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  if (at < 1 || at > 64 || text.length > 254) return false;
  const local = text.slice(0, at);
  return (
    atomCharacter.test(local) && !local.startsWith(".") && !local.endsWith(".") && !local.includes("..") && isDomain(text.slice(at + 1))
  );
}

/** An absolute URL with a host. The parser alone would drop blanks and line ends, and mend slashes. */
export function isUrl(text: string, protocols: readonly string[]): boolean {
  if (/[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const start = `${protocol}//`;
  if (hostname === "" || !protocols.includes(protocol.slice(0, -1))) return false;
  return text.slice(0, start.length).toLowerCase() === start && text[start.length] !== "/";
}

export function isSlug(text: string): boolean {
  return /^[a-z\d]+(?:[-_][a-z\d]+)*$/.test(text);
}

/** An address without a zone, which has a meaning on one machine only. */
export function isAddress(text: string, version: 4 | 6 | null): boolean {
  // Loaded where it is asked for: it brings half of the network with it.
  const found = text.includes("%") ? 0 : process.getBuiltinModule("node:net").isIP(text);
  return version === null ? found !== 0 : found === version;
}
