/** Names in the database from names in the code. */

/** `authorId` -> `author_id`, `HTTPCode2` -> `http_code2`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
