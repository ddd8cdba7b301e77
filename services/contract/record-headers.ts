import { NumberReader, numberSize, writeNumber } from "./variable-numbers.ts";

/** A header. Its name may be empty or repeated, and its value may be null. */
export type RecordHeader = readonly [name: Buffer | string, value: Buffer | string | null];

/**
 * The headers of a record in their order, kept as bytes. A record of 1 MiB can hold half a million
 * headers. kafkajs 2.2.4 makes an object of them, in which names such as `constructor` and
 * `__proto__` clash with those of every object.
 */
export class RecordHeaders implements Iterable<readonly [name: Buffer, value: Buffer | null]> {
  static readonly NONE = new RecordHeaders(0, Buffer.alloc(0));
  readonly count: number;
  /**
   * Names and values, each after its length (https://kafka.apache.org/documentation/#recordheader).
   */
  readonly bytes: Buffer;

  private constructor(count: number, bytes: Buffer) {
    this.count = count;
    this.bytes = bytes;
  }

  /** Encodes headers in their order. */
  static of(headers: readonly RecordHeader[]): RecordHeaders {
    const parts = headers.flat();
    const bytes = Buffer.allocUnsafe(parts.reduce((size, part) => size + partSize(part), 0));
    let at = 0;
    for (const part of parts) at = writePart(bytes, at, part);
    return new RecordHeaders(headers.length, bytes);
  }

  /**
   * Reads the headers of a record: their number, and then headers up to the end of the bytes.
   *
   * @throws RangeError when they are incomplete.
   */
  static read(bytes: Buffer): RecordHeaders {
    const reader = new NumberReader(bytes);
    const count = reader.integer();
    if (count < 0) throw new RangeError("the number of headers is below 0");
    const start = reader.at;
    for (let index = 0; index < count; index++) skipHeader(reader);
    if (reader.at !== bytes.length) throw new RangeError("there are bytes behind the headers");
    return new RecordHeaders(count, bytes.subarray(start));
  }

  *[Symbol.iterator](): Generator<readonly [name: Buffer, value: Buffer | null]> {
    const reader = new NumberReader(this.bytes);
    for (let index = 0; index < this.count; index++) yield [reader.bytes() ?? Buffer.alloc(0), reader.bytes()];
  }

  /** Returns the values of all headers with this name, in their order. */
  valuesOf(name: string): (Buffer | null)[] {
    const wanted = Buffer.from(name);
    const values: (Buffer | null)[] = [];
    for (const [found, value] of this) if (found.equals(wanted)) values.push(value);
    return values;
  }

  /** Returns these headers, followed by others. */
  plus(others: RecordHeaders): RecordHeaders {
    if (others.count === 0) return this;
    return new RecordHeaders(this.count + others.count, Buffer.concat([this.bytes, others.bytes]));
  }

  /** Splits the headers before the last one with this name. Returns undefined without one. */
  splitAtLast(name: string): [before: RecordHeaders, from: RecordHeaders] | undefined {
    const wanted = Buffer.from(name);
    const reader = new NumberReader(this.bytes);
    let found: { index: number; at: number } | undefined;
    for (let index = 0; index < this.count; index++) {
      const { at } = reader;
      if (reader.bytes()?.equals(wanted) === true) found = { index, at };
      reader.bytes();
    }
    if (found === undefined) return undefined;
    const { index, at } = found;
    return [
      new RecordHeaders(index, this.bytes.subarray(0, at)),
      new RecordHeaders(this.count - index, this.bytes.subarray(at)),
    ];
  }
}

function skipHeader(reader: NumberReader): void {
  if (!reader.skipBytes()) throw new RangeError("a header has no name");
  reader.skipBytes();
}

/** A key, a value, or a header's name or value. An absent part is encoded as null. */
export type Part = Buffer | string | null | undefined;

/** Returns the encoded size of a part with its length, in bytes. */
export function partSize(part: Part): number {
  if (part === null || part === undefined) return numberSize(-1);
  const length = Buffer.byteLength(part);
  return numberSize(length) + length;
}

/** Writes a part after its length. Returns the position after it. */
export function writePart(bytes: Buffer, start: number, part: Part): number {
  if (part === null || part === undefined) return writeNumber(bytes, start, -1);
  const at = writeNumber(bytes, start, Buffer.byteLength(part));
  return at + (typeof part === "string" ? bytes.write(part, at) : part.copy(bytes, at));
}
