import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { AT, readRecordBatches, type ReadOptions, type ReadResult } from "./record-batches.ts";
import { RecordHeaders } from "@gifticon/contract/record-headers.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { RecordSet } from "./record-set.ts";

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const name = fc.oneof(fc.constantFrom("", "__proto__", "constructor", "toString", "hasOwnProperty"), bytes);
const message = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestamp: fc.integer({ min: -1, max: 10 ** 14 }).map((time) => time.toString()),
  headers: fc.array(fc.tuple(name, fc.option(bytes)), { maxLength: 5 }).map((list) => RecordHeaders.of(list)),
});
const messages = fc.array(message, { minLength: 1, maxLength: 20 });

/** Changed fields of a batch. By default its position in the fetch determines the first offset. */
interface Fields {
  firstOffset?: number;
  /** Bits of the attributes, see https://kafka.apache.org/documentation/#recordbatch. */
  attributes?: number;
  producerId?: number;
  magic?: number;
}
const [GZIP, LOG_APPEND_TIME, TRANSACTIONAL, CONTROL] = [0x01, 0x08, 0x10, 0x20];

function batchOf(list: readonly OutgoingMessage[], fields: Fields = {}): Buffer {
  const { value } = new RecordSet(0, list);
  const attributes = fields.attributes ?? 0;
  const packed = (attributes & GZIP) === 0 ? value.subarray(AT.records) : gzipSync(value.subarray(AT.records));
  const batch = Buffer.concat([value.subarray(0, AT.records), packed]);
  batch.writeBigInt64BE(BigInt(fields.firstOffset ?? 0), 0);
  batch.writeInt32BE(batch.length - AT.leaderEpoch, AT.batchLength);
  batch.writeInt16BE(attributes, AT.attributes);
  batch.writeInt8(fields.magic ?? 2, AT.magic);
  batch.writeBigInt64BE(BigInt(fields.producerId ?? -1), AT.producerId);
  return batch;
}

function read(batches: Buffer[], options: Partial<ReadOptions> = {}): Promise<ReadResult> {
  const decompress = (_type: number, packed: Buffer) => Promise.resolve(gunzipSync(packed));
  return readRecordBatches(Buffer.concat(batches), { fetchOffset: 0n, aborted: [], decompress, ...options });
}

/** Returns a marker that ends a transaction. */
const mark = (type: "abort" | "commit", fields: Fields) =>
  batchOf([{ key: Buffer.from([0, 0, 0, type === "abort" ? 0 : 1]), value: Buffer.alloc(6), timestamp: "0" }], {
    attributes: TRANSACTIONAL | CONTROL,
    ...fields,
  });

const offsetsOf = ({ records }: ReadResult) => records.map(({ offset }) => Number(offset));

describe("batches", () => {
  test("return the written records unchanged, compressed or not", async () => {
    await fc.assert(
      fc.asyncProperty(messages, messages, fc.constantFrom(0, GZIP), async (first, second, attributes) => {
        const batches = [batchOf(first, { firstOffset: 7 }), batchOf(second, { firstOffset: 100, attributes })];
        const { records, nextOffset } = await read(batches);
        const expected = [first, second].flatMap((list, index) =>
          list.map((one, place): FetchedRecord => ({ ...one, offset: (([7, 100][index] ?? 0) + place).toString() })),
        );
        assert.deepEqual(records, expected);
        assert.equal(nextOffset, BigInt(100 + second.length));
      }),
    );
  });

  test("omit records before the requested offset, and end before the limit of records is exceeded", async () => {
    const list = Array.from({ length: 10 }, () => ({ value: null, timestamp: "0" }));
    const batches = [0, 10].map((firstOffset) => batchOf(list, { firstOffset }));
    const part = await read(batches, { fetchOffset: 3n, maxRecords: 4 });
    assert.deepEqual([offsetsOf(part), part.nextOffset], [[3, 4, 5, 6], 7n]);
    const across = await read(batches, { fetchOffset: 8n, maxRecords: 4 });
    assert.deepEqual([offsetsOf(across), across.nextOffset], [[8, 9, 10, 11], 12n]);
  });

  test("have the time of their arrival when the topic is configured to use it", async () => {
    const batch = batchOf(
      [
        { value: null, timestamp: "5" },
        { value: null, timestamp: "9" },
      ],
      { attributes: LOG_APPEND_TIME },
    );
    assert.deepEqual(
      (await read([batch])).records.map(({ timestamp }) => timestamp),
      ["9", "9"],
    );
  });

  test("that the broker cut off wait for the next fetch", async () => {
    const batch = batchOf([{ value: "whole" }]);
    for (const size of [1, 20, 60, batch.length - 1]) {
      const { records, nextOffset } = await read([batch, batch.subarray(0, size)]);
      assert.deepEqual([records.length, nextOffset], [1, 1n]);
    }
  });

  test("without visible records are skipped", async () => {
    const batch = batchOf([{ value: "gone" }], { firstOffset: 4 });
    batch.writeInt32BE(0, AT.count);
    assert.deepEqual(await read([batch], { fetchOffset: 4n }), { records: [], nextOffset: 5n });
  });
});

describe("a batch that can't be read", () => {
  const one = batchOf([{ value: "seen" }], { firstOffset: 9 });
  const reasons: [string, Buffer, RegExp][] = [
    [
      "of an old format",
      batchOf([{ value: "v" }, { value: "w" }], { firstOffset: 7, magic: 1 }),
      /has format 1; expected 2/,
    ],
    [
      "with a broken compression",
      batchOf([{ value: "v" }], { firstOffset: 7, attributes: GZIP }).fill(0, AT.records),
      /header/,
    ],
    [
      "whose record isn't whole",
      batchOf([{ value: "v" }], { firstOffset: 7 }).fill(0x7e, AT.records, AT.records + 1),
      /whole/,
    ],
    ["whose headers aren't whole", withHeaderCount(10), /bytes end too early/],
    ["with a number of headers below 0", withHeaderCount(1), /below 0/],
    ["with a record behind its last offset", withOffsetDelta(5), /offsets/],
    ["with a record before its first offset", withOffsetDelta(-1), /offsets/],
    ["with two records at one offset", withOffsetDelta(0), /offsets/],
  ];
  for (const [what, batch, reason] of reasons) {
    test(`${what} is one record with its bytes and the reason, and the next batches are read`, async () => {
      const { records, nextOffset } = await read([batch, one]);
      assert.deepEqual([records.length, records[1]?.value?.toString(), nextOffset], [2, "seen", 10n]);
      assert.match(records[0]?.unreadable ?? "", reason);
      assert.deepEqual(records[0]?.value, batch);
    });
  }

  test("never throws on any bytes, and always advances", async () => {
    const whole = batchOf(Array.from({ length: 3 }, () => ({ key: "k", value: "v", headers: { a: "b" } })));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }), async (changes) => {
        const batch = Buffer.from(whole);
        // The broker itself writes a batch's length and offsets.
        for (const [at, byte] of changes)
          if (at >= AT.magic && !(at >= AT.lastOffsetDelta && at < AT.firstTime)) batch[at] = byte;
        const { nextOffset } = await read([batch, batchOf([{ value: "seen" }], { firstOffset: 3 })]);
        assert.equal(nextOffset, 4n);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Returns a batch of one record without headers, with this byte as the number of headers. */
function withHeaderCount(byte: number): Buffer {
  const batch = batchOf([{ value: "v" }], { firstOffset: 7 });
  batch[batch.length - 1] = byte;
  return batch;
}

/** Returns a batch of two records, the second at this offset after the first one's instead of 1. */
function withOffsetDelta(delta: number): Buffer {
  const batch = batchOf([{ value: "v" }, { value: "w" }], { firstOffset: 7 });
  const second = AT.records + (batch.length - AT.records) / 2;
  // A length, attributes and a time of one byte each are before it. The lowest bit is the sign.
  batch[second + 3] = delta < 0 ? -2 * delta - 1 : 2 * delta;
  return batch;
}

describe("transactions", () => {
  const of = (producerId: number, firstOffset: number, key: Buffer | null = null) =>
    batchOf([{ key, value: "v" }], { producerId, firstOffset, attributes: TRANSACTIONAL });

  test("that were aborted are invisible, and markers always are", async () => {
    const batches = [of(1, 0), of(2, 1), mark("abort", { producerId: 1, firstOffset: 2 })];
    batches.push(
      of(1, 3),
      mark("commit", { producerId: 2, firstOffset: 4 }),
      mark("commit", { producerId: 1, firstOffset: 5 }),
    );
    const seen = await read(batches, { aborted: [{ producerId: 1n, firstOffset: 0n }] });
    assert.deepEqual([offsetsOf(seen), seen.nextOffset], [[1, 3], 6n]);
  });

  test("that were aborted are invisible even if a record looks like a marker, or several began before the fetch", async () => {
    const likeMark = Buffer.from([0, 0, 0, 0]);
    const batches = [of(2, 10, likeMark), of(1, 11, likeMark), of(2, 12), of(1, 13), of(3, 14)];
    const aborted = [2n, 1n].map((producerId) => ({ producerId, firstOffset: 5n - producerId }));
    assert.deepEqual(offsetsOf(await read(batches, { aborted, fetchOffset: 10n })), [14]);
  });
});
