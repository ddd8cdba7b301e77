/**
 * Quotes a text as one word for a POSIX shell. The text may contain anything but NUL.
 *
 * @throws RangeError when the text contains a NUL, which no shell variable can hold.
 */
export function quote(value: string): string {
  if (value.includes("\0")) throw new RangeError("a shell variable can't hold a NUL");
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
