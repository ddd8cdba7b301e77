/**
 * Parses JSON without losing digits: a number written as a plain integer becomes a bigint, so 2^53
 * + 1 stays itself. Any other spelling of a number (a fraction, an exponent) stays a number, which
 * is how a caller tells them apart.
 *
 * @throws SyntaxError when the text isn't JSON.
 */
export function parseJsonExactly(text: string): unknown {
  return JSON.parse(text, keepIntegersExact as (key: string, value: unknown) => unknown);
}

/**
 * The third argument is ECMAScript's "source text access", in V8 since Node 21; the type library
 * doesn't know it yet.
 */
function keepIntegersExact(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === "number" && context.source !== undefined && /^-?\d+$/.test(context.source)
    ? BigInt(context.source)
    : value;
}
