import type { Rule } from "eslint";

/** Most lines of code of a function. */
const FUNCTION_LINES = 70;

/**
 * Reports each function of more than FUNCTION_LINES lines of code, without blank lines and
 * comments. Unlike ESLint's max-lines-per-function, it skips the function that `describe` takes:
 * that one lists the tests of a suite, each of which is a function itself.
 */
export const functionLength: Rule.RuleModule = {
  meta: {
    type: "suggestion",
    schema: [],
    messages: { long: "A function takes at most {{most}} lines of code; this one takes {{lines}}." },
  },
  create(context) {
    const { sourceCode } = context;
    const linesOfCode = new Set(sourceCode.ast.tokens.flatMap(({ loc }) => range(loc.start.line, loc.end.line)));
    const check = (node: Pick<Rule.Node, "loc" | "parent">): void => {
      if (!node.loc || isSuite(node)) return;
      const lines = range(node.loc.start.line, node.loc.end.line).filter((line) => linesOfCode.has(line)).length;
      if (lines <= FUNCTION_LINES) return;
      const start = node.loc.start;
      context.report({
        loc: { start, end: { line: start.line, column: sourceCode.lines[start.line - 1]?.length ?? start.column } },
        messageId: "long",
        data: { most: String(FUNCTION_LINES), lines: String(lines) },
      });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function isSuite({ parent }: Pick<Rule.Node, "parent">): boolean {
  return parent?.type === "CallExpression" && parent.callee.type === "Identifier" && parent.callee.name === "describe";
}
