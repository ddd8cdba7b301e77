import { COMMENT_COLUMNS, isTooWide, wrongOpening } from "./comments.ts";

/** Comments that shellcheck reads. */
const DIRECTIVE = /^\s*#\s*shellcheck /;

/**
 * Returns the faults of comments in a file whose comments are whole lines after `#`: lines that are
 * too wide, and comments that begin with a clause. A fault starts with the line's number.
 */
export function faultsOfScript(text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (!isComment(line) || DIRECTIVE.test(line)) return [];
    const faults: string[] = [];
    if (isTooWide(line))
      faults.push(`a comment takes at most ${COMMENT_COLUMNS} columns; this line has ${line.length}`);
    const word = isComment(lines[index - 1] ?? "") ? undefined : wrongOpening(line.replace(/^[\s#]+/, ""), false);
    if (word !== undefined) faults.push(`a comment begins with a verb in the third person or a noun, not "${word}"`);
    return faults.map((fault) => `${index + 1}: ${fault}`);
  });
}

function isComment(line: string): boolean {
  return /^\s*#(?!!)/.test(line);
}
