import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from "@platformatic/wasm-utils/bundled";
import kafkajs from "kafkajs";
import { lz4Size, snappyBlocks, snappySize } from "./compressed-size.ts";

// Not among the names that Node finds in this CommonJS module.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/**
 * The most that a compressed batch may become: some hundred times the largest batch, and far below
 * the process's memory.
 */
export const LARGEST_BATCH = 64 * 1024 * 1024;

/** A batch's compression can't be undone: a broken one, or one that would take too much memory. */
export class UnreadableBatchError extends Error {
  override readonly name = "UnreadableBatchError";
  readonly code = "UNREADABLE_BATCH";
  /** Tells kafkajs that trying again is no use. */
  readonly retriable = false;
}

interface Compression {
  name: string;
  compress: (bytes: Buffer) => Buffer;
  /** Throws on anything that it can't read, and on more than the largest batch. */
  decompress: (bytes: Buffer) => Buffer;
}

const bound = { maxOutputLength: LARGEST_BATCH };

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
    decompress: (bytes) => zstdDecompressSync(bytes, bound),
  },
};

/**
 * Lets kafkajs read what other producers compress: by itself it knows only gzip, and its consumer
 * ends at anything else. At once instead of in Node's thread pool: a batch takes well under a
 * millisecond, and batches come one after another.
 */
export function registerCodecs(): void {
  for (const [type, { name, compress, decompress }] of Object.entries(compressions)) {
    CompressionCodecs[CompressionTypes[type as keyof typeof compressions]] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(compress(buffer)),
      decompress: async (bytes: Buffer) => {
        try {
          return await Promise.resolve(decompress(bytes));
        } catch (error) {
          // Without a cause: kafkajs passes on an error's cause in its place, and this one is what
          // the loop looks for.
          throw new UnreadableBatchError(`a batch compressed with ${name} can't be read: ${(error as Error).message}`);
        }
      },
    });
  }
}

function checkSize(bytes: number): void {
  if (bytes > LARGEST_BATCH) throw new RangeError(`it has ${bytes} bytes; allowed: ${LARGEST_BATCH}`);
}
