/**
 * Numbers of variable length, as in Kafka's records: 7 bits a byte, lowest first. Zigzag encoding
 * alternates positive and negative numbers, so that small negative numbers stay short too.
 * https://protobuf.dev/programming-guides/encoding/#signed-ints
 */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Returns the encoded size of a number, in bytes. */
export function numberSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a number. Returns the position after it. */
export function writeNumber(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = zigzag(value);
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128;
  bytes[at++] = rest;
  return at;
}

/** Maximum number of bytes of 32 and 64 bits, 7 in each, and of an exact number in JavaScript. */
const [INTEGER_BYTES, LONG_BYTES, EXACT_BYTES] = [5, 10, 7];

/**
 * Reads numbers and parts in order. Throws a RangeError when the bytes end too early or a number is
 * too long.
 */
export class NumberReader {
  readonly #bytes: Buffer;
  /** Position of the next read. */
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  /** Reads a number of 32 bits. */
  integer(): number {
    return unzigzag(this.#digits(INTEGER_BYTES));
  }

  /** Reads a number of 64 bits. */
  long(): bigint {
    const start = this.at;
    let end = start;
    while ((this.#bytes[end] ?? 0) > 127) end++;
    if (end - start < EXACT_BYTES) return BigInt(unzigzag(this.#digits(EXACT_BYTES)));
    let value = 0n;
    for (let index = 0; index < LONG_BYTES; index++) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << BigInt(7 * index);
      if (byte <= 127) {
        const bits = BigInt.asUintN(64, value);
        return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
      }
    }
    throw new RangeError("a number is too long");
  }

  /** Reads one byte, from 0 to 255. */
  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new RangeError("the bytes end too early");
    return byte;
  }

  /** Reads a part after its length. Returns null for the length -1. */
  bytes(): Buffer | null {
    const start = this.#part();
    return start === undefined ? null : this.#bytes.subarray(start, this.at);
  }

  /** Skips a part. Returns false for the length -1. */
  skipBytes(): boolean {
    return this.#part() !== undefined;
  }

  #part(): number | undefined {
    const length = this.integer();
    if (length === -1) return undefined;
    if (length < 0 || length > this.left) throw new RangeError(`a part of ${length} bytes isn't whole`);
    const start = this.at;
    this.at += length;
    return start;
  }

  #digits(most: number): number {
    let value = 0;
    for (let index = 0, factor = 1; index < most; index++, factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte <= 127) return value;
    }
    throw new RangeError("a number is too long");
  }
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
