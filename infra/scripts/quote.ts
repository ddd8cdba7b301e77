/**
 * Quotes a text as one word of a POSIX shell, whatever it holds.
 *
 * @throws RangeError when the text holds a NUL, which no shell variable can.
 */
export function quote(value: string): string {
  if (value.includes("\0")) throw new RangeError("a shell variable can't hold a NUL");
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
