/**
 * Parses JSON without losing digits: a plain integer becomes a bigint, so 2^53 + 1 stays exact. A
 * number with a fraction or an exponent stays a number, so a caller can distinguish them.
 *
 * @throws SyntaxError when the text isn't JSON.
 */
export function parseJsonExactly(text: string): unknown {
  return JSON.parse(text, keepIntegersExact as (key: string, value: unknown) => unknown);
}

/**
 * The third argument is ECMAScript's "source text access", in V8 since Node 21. TypeScript's
 * library lacks it.
 */
function keepIntegersExact(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === "number" && context.source !== undefined && /^-?\d+$/.test(context.source)
    ? BigInt(context.source)
    : value;
}
