import { DEAD_LETTER_BYTES } from "@gifticon/contract/facts/queue.ts";
import { HEADER } from "@gifticon/contract/record.ts";
import fc from "fast-check";

const PYTHON = ["confluent-kafka", "aiokafka", "kafka-python"] as const;
const CLIENTS = [...PYTHON, "java", "kcat"] as const;
export type Client = (typeof CLIENTS)[number];

/** A header in the form that all clients accept: the name is text. */
type PlannedHeader = readonly [name: string, value: Buffer | null];

/** A record to write, with the user if the issuer can read it. */
export interface PlannedRecord {
  /** Undefined if it becomes a dead letter. */
  userId: bigint | undefined;
  key: Buffer | null;
  value: Buffer | null;
  /** Milliseconds since 1970 as decimal text; undefined for the client's own time. */
  timestamp: string | undefined;
  headers: readonly PlannedHeader[];
}

/** Records that a client writes together. */
export interface PlannedBatch {
  client: Client;
  codec: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /**
   * In a transaction or not. format0 is the format before Kafka 0.10, whose records have neither
   * time nor headers.
   */
  mode: "plain" | "commit" | "abort" | "format0";
  records: PlannedRecord[];
}

const big = (bytes: bigint): Buffer => {
  const value = Buffer.alloc(8);
  value.writeBigInt64BE(bytes);
  return value;
};
const text = (content: bigint | string) => Buffer.from(content.toString());
/** Returns a unique UUID for each user. */
const idOf = (userId: bigint) => `00000000-0000-4000-8000-${userId.toString(16).padStart(12, "0")}`;

type Content = Pick<PlannedRecord, "key" | "value" | "headers">;
/** Kinds of readable records, as functions of the user. */
const READABLE: ((userId: bigint) => Content)[] = [
  (userId) => ({ key: text(userId), value: big(userId), headers: [] }),
  (userId) => ({ key: null, value: big(userId), headers: [] }),
  (userId) => ({ key: text(userId), value: big(userId), headers: [[HEADER.requestId, text(idOf(userId))]] }),
  (userId) => ({ key: text(userId), value: big(userId), headers: [[HEADER.requestedAt, text("1766620800000")]] }),
];
const UNREADABLE: ((userId: bigint) => Content)[] = [
  (userId) => ({ key: text(userId), value: null, headers: [] }),
  (userId) => ({ key: text(userId), value: text("seven"), headers: [] }),
  (userId) => ({ key: text(-userId), value: big(-userId), headers: [] }),
  (userId) => ({ key: text(userId + 1n), value: big(userId), headers: [] }),
  (userId) => ({ key: text(userId), value: Buffer.alloc(900_000, userId.toString()), headers: [] }),
];
/** Kinds of unreadable records that need headers. */
const UNREADABLE_BY_HEADERS: ((userId: bigint) => Content)[] = [
  (userId) => ({ key: text(userId), value: big(userId), headers: [[HEADER.requestId, text("mine")]] }),
  (userId) => ({
    key: text(userId),
    value: big(userId),
    headers: [idOf(userId), idOf(userId)].map((id) => [HEADER.requestId, text(id)] as const),
  }),
  (userId) => ({ key: text(userId), value: big(userId), headers: [[HEADER.requestedAt, text("today")]] }),
];

const name = fc.oneof(
  fc.constantFrom(
    "",
    "trace",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "dlt-reason",
    "dlt-original-offset",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
const header = fc.tuple(name, fc.option(bytes));
const headers = fc.oneof(
  { weight: 20, arbitrary: fc.array(header, { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.array(header, { minLength: 2_000, maxLength: 2_000, size: "max" }) },
);
/** Times: now, long ago, and in micro- and nanoseconds, which no client refuses. */
const timestamp = fc.constantFrom(undefined, "1", "1766620800000", "1766620800000000", "1766620800000000000");

const record = fc.record({
  isReadable: fc.boolean(),
  kind: fc.nat(999),
  /**
   * True for one of a hundred records. It is larger than a dead letter may be, and small enough for
   * the topic after compression.
   */
  isHuge: fc.nat(99).map((number) => number === 0),
  timestamp,
  headers,
});
const batch = fc.record({
  client: fc.constantFrom(...CLIENTS),
  codec: fc.constantFrom("none", "gzip", "snappy", "lz4", "zstd"),
  mode: fc.constantFrom("plain", "plain", "commit", "abort"),
  records: fc.array(record, { minLength: 1, maxLength: 12 }),
});
type DrawnBatch = typeof batch extends fc.Arbitrary<infer T> ? T : never;
type DrawnRecord = DrawnBatch["records"][number];

/**
 * Returns a plan with this many batches, the same for the same seed. Each record has its own user.
 */
export function planOf(seed: number, count: number): PlannedBatch[] {
  let users = 0n;
  return fc.sample(batch, { seed, numRuns: count }).map((drawn): PlannedBatch => {
    const { client } = drawn;
    const plan = client === "kcat" ? forKcat(drawn) : drawn;
    const records = plan.records.map((one) => fitted(plan, planned(plan, one, ++users)));
    return { ...plan, records };
  });
}

/**
 * Adapts a batch to kcat, which has no transactions: they are written in format0 instead. kcat has
 * one list of headers for a whole batch, as arguments.
 */
function forKcat(drawn: DrawnBatch) {
  const [first] = drawn.records;
  const argument = (name: string) => /^[^=\0]+$/.test(name);
  const shared = (first?.headers ?? [])
    .slice(0, 6)
    .filter(([name]) => argument(name))
    .map(([name, value]) => [name, value === null ? null : text(value.toString("hex"))] as const);
  const records = drawn.records.map((one) => ({ ...one, headers: shared, timestamp: undefined }));
  if (drawn.mode === "plain") return { ...drawn, records };
  const codec = drawn.codec === "zstd" || drawn.codec === "lz4" ? ("gzip" as const) : drawn.codec;
  return { ...drawn, mode: "format0" as const, codec, records: records.map((one) => ({ ...one, headers: [] })) };
}

function planned(
  { client, codec }: Pick<PlannedBatch, "client" | "codec">,
  { isReadable, kind, isHuge, ...drawn }: Omit<DrawnRecord, "headers"> & { headers: readonly PlannedHeader[] },
  userId: bigint,
): PlannedRecord {
  const kinds = isReadable ? READABLE : client === "kcat" ? UNREADABLE : [...UNREADABLE, ...UNREADABLE_BY_HEADERS];
  const content = kinds[kind % kinds.length];
  if (content === undefined) throw new Error("there are no kinds of records");
  const { key, value, headers: own } = content(userId);
  return {
    userId: isReadable ? userId : undefined,
    key,
    value: isHuge && !isReadable && codec !== "none" ? Buffer.alloc(2 * DEAD_LETTER_BYTES) : value,
    timestamp: drawn.timestamp,
    headers: client === "kcat" ? drawn.headers : [...own, ...drawn.headers],
  };
}

/** Adapts a record to kafka-python, which can't write a header without a value. */
function fitted({ client }: { client: Client }, planned: PlannedRecord): PlannedRecord {
  if (client !== "kafka-python") return planned;
  return { ...planned, headers: planned.headers.map(([name, value]) => [name, value ?? Buffer.alloc(0)] as const) };
}

/**
 * Renders a plan for the programs that write it: a line for each batch and for each record, with
 * tabs between fields, bytes in hexadecimal, and "-" for null.
 */
export function renderPlan(batches: readonly PlannedBatch[]): string {
  const hex = (part: Buffer | null) => part?.toString("hex") ?? "-";
  const lines = batches.flatMap(({ client, codec, mode, records }) => [
    ["batch", client, codec, mode],
    ...records.map(({ key, value, timestamp, headers: all }) => {
      const pairs = all.map(([name, part]) => `${text(name).toString("hex")}:${hex(part)}`);
      return ["record", hex(key), hex(value), timestamp ?? "-", pairs.join(",")];
    }),
  ]);
  return lines.map((fields) => `${fields.join("\t")}\n`).join("");
}
