import ts from "typescript";

/** The additions to each text and to each number. */
export const ADDED = { text: "zz", number: 20_000 } as const;

/**
 * Returns the source with a changed value for each constant: each text or number that is the whole
 * value of a variable or property. Computed values change with them.
 */
export function changeLiterals(source: string): string {
  const file = ts.createSourceFile("facts.ts", source, ts.ScriptTarget.Latest, true);
  const edits: { from: number; to: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) {
      const { initializer: value } = node;
      const text = value && changed(value);
      if (value && text !== undefined) edits.push({ from: value.getStart(), to: value.getEnd(), text });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits.reduceRight((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), source);
}

function changed(value: ts.Node): string | undefined {
  if (ts.isStringLiteral(value)) return JSON.stringify(value.text + ADDED.text);
  if (ts.isNumericLiteral(value)) return String(Number(value.text) + ADDED.number);
  return undefined;
}
