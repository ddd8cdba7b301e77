import { posix } from "node:path";

/** Matches text that may be a path, including variables of TypeScript and bash. */
const PATH_LIKE = /\/?(?:[\w.@*-]|\$\{[\w.#]+\}|\$\w+)+(?:\/(?:[\w.@*-]|\$\{[\w.#]+\}|\$\w+)+)*/g;
/** Matches the parts of a path that a program fills in while it runs. */
const VARIABLE = /\$\{[\w.#]+\}|\$\w+|\*+/g;
const COMMENT = /^\s*(?:\/\/|#(?!!)|\/?\*).*$/gm;

const FOR_TESTS = /(?:^|\/)testing(?:\/|\.ts$)/;

/** Packages that are folders of the checkout. */
const WORKSPACE = /^@gifticon\//;

/**
 * Returns the files that a text names outside of its comments: those that it imports, sources,
 * reads or starts. A path may start at the folder of the text or at the root. A variable part
 * matches any name, and a folder stands for all files in it. No file uses a test.
 *
 * A word may look like a path by chance, so the result may have too many files, but not too few.
 *
 * @param file The path of the text, from the root of the checkout.
 */
export function usesOf(file: string, text: string, tree: FileTree): string[] {
  const words = new Set(text.replaceAll(COMMENT, "").match(PATH_LIKE));
  const paths = [...words].flatMap((word) => placesOf(word, posix.dirname(file)));
  const found = new Set(paths.flatMap((path) => tree.matching(path)));
  found.delete(file);
  return [...found];
}

/** Returns the paths from the root that a word may mean, and none if it is no path. */
function placesOf(word: string, folder: string): string[] {
  // Skip absolute paths. `$(dirname "$0")/../lib.sh` is relative to the folder.
  if (/^\/(?!\.\.\/)/.test(word)) return [];
  const path = word
    .replace(/^\//, "")
    .replace(WORKSPACE, "services/")
    // In `$checkout/tools/lib.sh`, the variable is a known folder.
    .replace(/^(?:\$\w+|\$\{[\w.#]+\})\//, "");
  const [literal, hasVariable] = [path.replaceAll(VARIABLE, ""), path.search(VARIABLE) !== -1];
  if (!/\w/.test(literal) || !(literal.includes("/") || (literal.includes(".") && !hasVariable))) return [];
  return [posix.join(folder, path), posix.normalize(path)].filter((place) => !place.startsWith(".."));
}

/** The files of a checkout, by their paths and by the folders that they are in. */
export class FileTree {
  readonly #byPath = new Map<string, string[]>();

  constructor(files: readonly string[]) {
    for (const file of files) {
      if (file.endsWith(".test.ts")) continue;
      for (let path = file; path !== "."; path = posix.dirname(path)) {
        const inPath = this.#byPath.get(path);
        if (inPath) inPath.push(file);
        else this.#byPath.set(path, [file]);
      }
    }
  }

  /** Returns the files at or below a path. A variable part matches no files for tests. */
  matching(path: string): readonly string[] {
    if (path.search(VARIABLE) === -1) return this.#byPath.get(path) ?? [];
    const literals = path.split(VARIABLE).map((part) => part.replaceAll(/[.+?^()|[\]\\{}]/g, "\\$&"));
    const pattern = new RegExp(`^${literals.join("[^/]*")}$`);
    const found = [...this.#byPath].flatMap(([known, files]) => (pattern.test(known) ? files : []));
    return found.filter((file) => !FOR_TESTS.test(file));
  }
}
