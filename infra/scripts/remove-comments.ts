import { forEachChild, type SyntaxNode } from "unbash";
import { lineAt, parseShell, visit } from "./parse-shell.ts";

/** Nodes whose text between their children is shell code. Only there does `#` begin a comment. */
const CODE: ReadonlySet<SyntaxNode["type"]> = new Set([
  ...(["Script", "Statement", "CompoundList", "AndOr", "Pipeline", "Function", "BraceGroup", "Subshell"] as const),
  ...(["If", "Elif", "For", "ArithmeticFor", "While", "Select", "Case", "CaseItem", "Coproc"] as const),
  ...(["Redirected", "Command", "ArrayValue", "CommandExpansion", "ProcessSubstitution"] as const),
]);

/**
 * Returns a Bash text without its comments and blank lines. Lines of here-documents and quoted
 * texts stay unchanged.
 *
 * @throws SyntaxError when the text is not valid Bash, or when the removal of a line would join two
 *   others.
 */
export function removeComments(text: string): string {
  const isCode = codeFinder(text);
  const kept: string[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const comment = commentStart(line, (column) => isCode(start + column));
    const code = line.slice(0, comment);
    const removable = code.trim() === "" && isCode(start);
    if (!removable) kept.push(comment === line.length ? line : code.trimEnd());
    else if (endsWithBackslash(kept.at(-1)))
      throw new SyntaxError(
        `line ${lineAt(text, start)}: the line before ends with a backslash; move this comment or blank line before it`,
      );
    start += line.length + 1;
  }
  return `${kept.join("\n")}\n`;
}

/** Returns the column where a line's comment begins, or the line's length. */
function commentStart(line: string, isCode: (column: number) => boolean): number {
  for (let column = line.indexOf("#"); column >= 0; column = line.indexOf("#", column + 1))
    if (isCode(column)) return column;
  return line.length;
}

function endsWithBackslash(line: string | undefined): boolean {
  const backslashes = /\\+$/.exec(line ?? "")?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

/**
 * Returns a function that reports whether a position of the text is in shell code, outside of
 * words.
 */
function codeFinder(text: string): (position: number) => boolean {
  const script = parseShell(text);
  // The lines of a here-document follow the command that reads them, so they are outside of its
  // node.
  const documents: { pos: number; end: number }[] = [];
  visit(script, (node) => {
    if (node.type === "HereDoc") documents.push({ pos: node.body.pos, end: node.closing?.end ?? node.body.end });
  });
  return (position) => {
    const covers = ({ pos, end }: { pos: number; end: number }) => pos <= position && position < end;
    return !documents.some(covers) && CODE.has(innermost(script, covers).type);
  };
}

/** Returns the deepest node under a node that covers a position. */
function innermost(node: SyntaxNode, covers: (node: SyntaxNode) => boolean): SyntaxNode {
  const children: SyntaxNode[] = [];
  forEachChild(node, (child) => {
    if (covers(child)) children.push(child);
  });
  const [child] = children;
  return child === undefined ? node : innermost(child, covers);
}
