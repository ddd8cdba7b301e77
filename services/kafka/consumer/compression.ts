import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from "@platformatic/wasm-utils/bundled";
import kafkajs from "kafkajs";
import { lz4Size, snappyBlocks, snappySize } from "./compressed-size.ts";

// Node does not find these names among the exports of this CommonJS module.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/**
 * Maximum uncompressed size of a batch, in bytes: 64 times Kafka's default limit for a batch, and
 * far below the process's memory.
 */
export const MAX_BATCH_BYTES = 64 * 1024 * 1024;

/** A compressed batch that can't be read: it is broken, or would take too much memory. */
export class UnreadableBatchError extends Error {
  override readonly name = "UnreadableBatchError";
  readonly code = "UNREADABLE_BATCH";
  /** Tells kafkajs not to retry. */
  readonly retriable = false;
}

interface Compression {
  name: string;
  compress: (bytes: Buffer) => Buffer;
  /** Throws when it can't read the bytes, or when the result would exceed the largest batch. */
  decompress: (bytes: Buffer) => Buffer;
}

const bound = { maxOutputLength: MAX_BATCH_BYTES };

const compressions: Record<Exclude<keyof typeof CompressionTypes, "None">, Compression> = {
  GZIP: { name: "gzip", compress: (bytes) => gzipSync(bytes), decompress: (bytes) => gunzipSync(bytes, bound) },
  Snappy: {
    name: "snappy",
    compress: snappyCompress,
    decompress: (bytes) => {
      const blocks = snappyBlocks(bytes);
      checkSize(blocks.reduce((sum, block) => sum + snappySize(block), 0));
      return Buffer.concat(blocks.map(snappyDecompress));
    },
  },
  LZ4: {
    name: "lz4",
    compress: lz4Compress,
    decompress: (bytes) => {
      checkSize(lz4Size(bytes));
      return lz4Decompress(bytes);
    },
  },
  ZSTD: {
    name: "zstd",
    compress: (bytes) => zstdCompressSync(bytes),
    decompress: zstdDecompress,
  },
};

/** Limits the time that a batch of tiny frames takes: each takes about 0.1 ms. */
const MAX_ZSTD_FRAMES = 1_000;

/** Decompresses all frames. Node's own function stops after the first one. */
function zstdDecompress(bytes: Buffer): Buffer {
  const frames: Buffer[] = [];
  let size = 0;
  for (let at = 0; at < bytes.length;) {
    // The types lack the result of option `info`.
    const { buffer, engine } = zstdDecompressSync(bytes.subarray(at), {
      // The option's least value is 1.
      maxOutputLength: Math.max(1, MAX_BATCH_BYTES - size),
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    at += engine.bytesWritten;
    size += buffer.length;
    frames.push(buffer);
    if (frames.length > MAX_ZSTD_FRAMES) throw new RangeError(`it has over ${MAX_ZSTD_FRAMES} zstd frames`);
  }
  return Buffer.concat(frames);
}

/**
 * Makes kafkajs read the compressions of other producers. kafkajs itself knows only gzip, and its
 * consumer ends at any other. They run synchronously instead of in Node's thread pool: a batch
 * takes well under a millisecond, and batches come one after another.
 */
export function registerCodecs(): void {
  for (const [type, { name, compress, decompress }] of Object.entries(compressions)) {
    CompressionCodecs[CompressionTypes[type as keyof typeof compressions]] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(compress(buffer)),
      decompress: async (bytes: Buffer) => {
        try {
          return await Promise.resolve(decompress(bytes));
        } catch (error) {
          // The error has no cause, because kafkajs passes on an error's cause instead of the
          // error.
          throw new UnreadableBatchError(`a batch compressed with ${name} can't be read: ${(error as Error).message}`);
        }
      },
    });
  }
}

function checkSize(bytes: number): void {
  if (bytes > MAX_BATCH_BYTES) throw new RangeError(`it has ${bytes} bytes; allowed: ${MAX_BATCH_BYTES}`);
}
