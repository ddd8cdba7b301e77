import type { Rule } from "eslint";
import { COMMENT_COLUMNS, isTooWide, wrongOpening } from "./comments.ts";

type Comment = ReturnType<Rule.RuleContext["sourceCode"]["getAllComments"]>[number];

/** Matches comments that a tool reads, which have the tool's format. */
const DIRECTIVE = /^[/!]?\s*(?:eslint|@ts-|prettier-|global\s|<reference|\$schema|sourceMapping)/;

/** Reports each line of a comment that is too wide. */
export const commentWidth: Rule.RuleModule = {
  meta: {
    type: "layout",
    schema: [],
    messages: { wide: "A comment takes at most {{most}} columns; this line ends at {{columns}}." },
  },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!DIRECTIVE.test(comment.value)) reportWideLines(context, comment);
      }
    },
  }),
};

function reportWideLines(context: Rule.RuleContext, { loc }: Comment): void {
  if (!loc) return;
  for (let line = loc.start.line; line <= loc.end.line; line += 1) {
    const text = context.sourceCode.lines[line - 1] ?? "";
    const start = line === loc.start.line ? loc.start.column : 0;
    const end = line === loc.end.line ? loc.end.column : text.length;
    if (!isTooWide(text.slice(0, end), start)) continue;
    context.report({
      loc: { start: { line, column: Math.max(start, COMMENT_COLUMNS) }, end: { line, column: end } },
      messageId: "wide",
      data: { most: String(COMMENT_COLUMNS), columns: String(end) },
    });
  }
}

/** Reports each comment that begins with a clause instead of a verb or a noun. */
export const commentOpening: Rule.RuleModule = {
  meta: {
    type: "suggestion",
    schema: [],
    messages: { opening: '"{{word}}" opens no sentence: begin with a verb in the third person (Returns) or a noun.' },
  },
  create: (context) => ({
    Program() {
      for (const comment of openingComments(context.sourceCode.getAllComments())) {
        const documents = comment.type === "Block" && comment.value.startsWith("*");
        const word = wrongOpening(comment.value.replace(/^[*\s]+/, ""), documents);
        if (word !== undefined && comment.loc)
          context.report({ loc: comment.loc, messageId: "opening", data: { word } });
      }
    },
  }),
};

/** Returns the comments without those that continue the line comment above them. */
function openingComments(comments: Comment[]): Comment[] {
  return comments.filter((comment, index) => {
    const above = comments[index - 1];
    return (
      comment.type !== "Line" ||
      above?.type !== "Line" ||
      above.loc?.start.line !== (comment.loc?.start.line ?? 0) - 1 ||
      above.loc.start.column !== comment.loc?.start.column
    );
  });
}
