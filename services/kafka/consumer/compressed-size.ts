/**
 * Magic bytes of snappy-java's SnappyOutputStream, which Kafka's Java clients write. Two version
 * numbers follow, and then blocks, each after its length.
 */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = XERIAL_MAGIC.length + 8;

/**
 * Returns the raw snappy blocks in these bytes: a single unframed block, as librdkafka writes it,
 * or all blocks of snappy-java's stream.
 */
export function snappyBlocks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError("a snappy block ends after its stream");
    blocks.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return blocks;
}

/**
 * Returns the uncompressed size of a raw snappy block from its first bytes (a base-128 integer,
 * least significant part first).
 */
export function snappySize(block: Buffer): number {
  let size = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block.readUInt8(index);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return size;
  }
  throw new RangeError("a snappy block has no size");
}

const LZ4_MAGIC = 0x184d2204;
/** Maximum size of a block in bytes, by its number in the frame's header (LZ4 frame format 1.6). */
const LZ4_BLOCK_BYTES: Record<number, number> = { 4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20 };

/**
 * Returns an upper limit of an LZ4 frame's uncompressed size, in bytes: its number of blocks times
 * the maximum size of a block.
 */
export function lz4Size(bytes: Buffer): number {
  if (bytes.readUInt32LE(0) !== LZ4_MAGIC) throw new RangeError("it isn't an LZ4 frame");
  const flags = bytes.readUInt8(4);
  const largest = LZ4_BLOCK_BYTES[(bytes.readUInt8(5) >> 4) & 7];
  if (largest === undefined) throw new RangeError("its LZ4 blocks have no known size");
  const [hasBlockChecksum, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  let blocks = 0;
  for (; at + 4 <= bytes.length; blocks++) {
    // The highest bit marks an uncompressed block. A length of 0 ends the frame.
    const length = bytes.readUInt32LE(at) & 0x7fffffff;
    if (length === 0) break;
    at += 4 + length + (hasBlockChecksum ? 4 : 0);
  }
  return blocks * largest;
}
