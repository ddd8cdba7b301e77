import { posix } from "node:path";

interface Rule {
  pattern: RegExp;
  excludes: boolean;
}

/**
 * Parses a .dockerignore file. Later lines win, and a rule for a directory covers everything in it.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 *
 * @param text The file's contents.
 * @returns A function that returns true for an ignored path of the context, with slashes.
 */
export function dockerignore(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseRule);
  return (path) => {
    const parts = path.split("/");
    const withParents = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    return rules.reduce(
      (excluded, rule) => (withParents.some((one) => rule.pattern.test(one)) ? rule.excludes : excluded),
      false,
    );
  };
}

function parseRule(line: string): Rule {
  const excludes = !line.startsWith("!");
  const cleaned = posix
    .normalize(excludes ? line : line.slice(1).trim())
    .replace(/^\/+/, "")
    .replace(/\/$/, "");
  return { excludes, pattern: toPattern(cleaned) };
}

/** Converts a pattern of Go's filepath.Match, with `**` for any number of directories. */
function toPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/?|\*|\?|\[[^\]]+\]|\\.|[.+^${}()|\\[\]]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.startsWith("[") && token.length > 1 ? token : `\\${token.at(-1) ?? ""}`;
  });
  return new RegExp(`^${source}$`);
}
