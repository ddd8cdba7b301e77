import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { lz4Compress, snappyCompress } from "@platformatic/wasm-utils/bundled";
import fc from "fast-check";
import kafkajs from "kafkajs";
import { MAX_BATCH_BYTES, registerCodecs, UnreadableBatchError } from "./compression.ts";

const { CompressionCodecs, CompressionTypes } = kafkajs;
registerCodecs();

/** Decompresses a batch like kafkajs. */
function decompress(type: number, bytes: Buffer): Promise<Buffer> {
  const codec = (CompressionCodecs[type as 1] as () => { decompress: (bytes: Buffer) => Promise<Buffer> })();
  return codec.decompress(bytes);
}

/** Compresses into snappy-java's stream, with blocks of at most this many bytes. */
function xerial(bytes: Buffer, blockBytes: number): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = snappyCompress(bytes.subarray(at, at + blockBytes));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    blocks.push(length, block);
  }
  return Buffer.concat([header, ...blocks]);
}

/** Compresses into a frame to skip, and two frames with data. */
function zstdFrames(bytes: Buffer): Buffer {
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
  const half = Math.floor(bytes.length / 2);
  return Buffer.concat([skipped, zstdCompressSync(bytes.subarray(0, half)), zstdCompressSync(bytes.subarray(half))]);
}

const formats: [string, number, (bytes: Buffer) => Buffer][] = [
  ["gzip", CompressionTypes.GZIP, (bytes) => gzipSync(bytes)],
  ["snappy", CompressionTypes.Snappy, snappyCompress],
  ["snappy in snappy-java's blocks", CompressionTypes.Snappy, (bytes) => xerial(bytes, 100)],
  ["lz4", CompressionTypes.LZ4, lz4Compress],
  ["zstd", CompressionTypes.ZSTD, (bytes) => zstdCompressSync(bytes)],
  ["zstd in several frames", CompressionTypes.ZSTD, zstdFrames],
];

for (const [name, type, compress] of formats) {
  describe(`a batch compressed with ${name}`, () => {
    test("is read unchanged", async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), async (array) => {
          const bytes = Buffer.from(array);
          assert.deepEqual(await decompress(type, compress(bytes)), bytes);
        }),
        { numRuns: 50 },
      );
    });

    test("that is broken causes an error that says so, and the next one is read", async () => {
      const whole = compress(Buffer.from("request ".repeat(500)));
      await assert.rejects(decompress(type, whole.subarray(0, whole.length - 10)), UnreadableBatchError);
      await assert.rejects(decompress(type, Buffer.from("neither this")), UnreadableBatchError);
      assert.equal((await decompress(type, whole)).length, 4_000);
    });

    test("that would take too much memory is an error", async () => {
      const bomb = compress(Buffer.alloc(MAX_BATCH_BYTES + 1));
      await assert.rejects(decompress(type, bomb), UnreadableBatchError);
    });
  });
}

test("a batch of too many zstd frames is an error", async () => {
  const frames = Array<Buffer>(10_000).fill(zstdCompressSync(""));
  await assert.rejects(decompress(CompressionTypes.ZSTD, Buffer.concat(frames)), UnreadableBatchError);
});
