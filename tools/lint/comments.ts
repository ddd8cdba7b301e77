/** Most columns of a comment's line. Code may take Prettier's 120. */
export const COMMENT_COLUMNS = 100;

/**
 * First words that turn a comment into a clause without a verb ("What a host is told"). A
 * function's comment starts with a verb in the third person (Returns), a type's with a noun.
 */
const CLAUSES = /^(?:what|whatever|whether|how|which|who|whoever|whose|whom|why|that|so|such|has|of)\b/i;

/** First words of a conditional sentence, which may explain a line of code, but no declaration. */
const CONDITIONS = /^(?:when|whenever|where|wherever|as)\b/i;

/**
 * Returns the first word of a comment if a comment may not begin with it, and undefined otherwise.
 *
 * @param text The comment without its delimiters.
 * @param documents True for a comment that documents a declaration.
 */
export function wrongOpening(text: string, documents: boolean): string | undefined {
  const [clause] = CLAUSES.exec(text) ?? [];
  const [condition] = (documents ? CONDITIONS.exec(text) : undefined) ?? [];
  return clause ?? condition;
}

/**
 * Returns true for a line that ends beyond COMMENT_COLUMNS and can be broken. An address or another
 * single word can't.
 *
 * @param line The line up to the end of the comment.
 * @param start The column at which the comment starts.
 */
export function isTooWide(line: string, start = 0): boolean {
  const words = line.slice(start).match(/\S*\w\S*/g) ?? [];
  return line.length > COMMENT_COLUMNS && words.length > 1;
}
