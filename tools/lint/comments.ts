/** Columns that a line of a comment may take. The code itself may take Prettier's 120. */
export const COMMENT_COLUMNS = 100;

/**
 * First words that turn a comment into a clause without a verb ("What a host is told"). The comment
 * of a function starts with a verb in the third person instead (Returns), of a type with a noun.
 */
const CLAUSES = /^(?:what|whatever|whether|how|which|who|whoever|whose|whom|why|that|so|such|has|of)\b/i;

/** First words of a conditional sentence: it explains a line of code, but no declaration. */
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
 * Returns true for a line that ends beyond COMMENT_COLUMNS and could be shorter: an address or
 * another single word has no place where it can be broken.
 *
 * @param line The line up to the end of the comment.
 * @param start The column at which the comment starts.
 */
export function isTooWide(line: string, start = 0): boolean {
  const words = line.slice(start).match(/\S*\w\S*/g) ?? [];
  return line.length > COMMENT_COLUMNS && words.length > 1;
}
