import { forEachChild, parse, type ParsedScript, type SyntaxNode } from "unbash";

/**
 * Parses a Bash text.
 *
 * @throws SyntaxError when the text is not valid Bash: with the line and what is wrong there.
 */
export function parseShell(text: string): ParsedScript {
  const script = parse(text);
  visit(script, (node) => {
    const [error] = node.type === "Script" ? (node.errors ?? []) : [];
    if (error !== undefined) throw new SyntaxError(`line ${lineAt(text, error.pos)}: ${error.message}`);
  });
  return script;
}

/** Calls a function for a node and for each node under it. */
export function visit(node: SyntaxNode, callback: (node: SyntaxNode) => void): void {
  callback(node);
  forEachChild(node, (child) => {
    visit(child, callback);
  });
}

/** Returns the number of the line, from 1, that holds a position of a text. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
