/** Internals of kafkajs 2.2.4 that the services use: the queue of each connection. */
declare module "kafkajs/src/network/requestQueue/index.js" {
  interface RequestQueue {
    /** Requests that may not be sent yet. */
    pending: unknown[];
    /** Requests that wait for their response, by their correlation id. */
    inflight: Map<number, unknown>;
    /** The timer by which it looks again, if it has one. */
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
    checkPendingRequests: () => void;
    /** The broker asks for a pause, in milliseconds. */
    maybeThrottle: (milliseconds: number) => void;
    push: (request: {
      entry: { correlationId: number; resolve: () => void; reject: (error: Error) => void };
      expectResponse: boolean;
      sendRequest: () => void;
    }) => void;
    rejectAll: (error: Error) => void;
  }

  const RequestQueue: {
    new (options: object): RequestQueue;
    prototype: RequestQueue;
  };
  export default RequestQueue;
}

/** The growing buffer to which kafkajs 2.2.4 writes its requests. */
declare module "kafkajs/src/protocol/encoder.js" {
  export default class Encoder {
    /** @param initialSize bytes that are expected. */
    constructor(initialSize?: number);
    /** The written bytes. */
    readonly buffer: Buffer;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeString(value: string | null): this;
    /** The length before it. */
    writeBytes(value: Buffer): this;
    /** Their number before them. */
    writeArray(value: readonly Encoder[]): this;
  }
}

/** The requests to write that kafkajs 2.2.4 knows, by the version of the protocol. */
declare module "kafkajs/src/protocol/requests/produce/index.js" {
  import type { CompressionTypes, Message } from "kafkajs";
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export interface ProduceOptions {
    acks: number;
    /** Milliseconds. */
    timeout: number;
    compression?: CompressionTypes;
    transactionalId?: string | null;
    /** -1 for a producer that isn't idempotent. */
    producerId?: number;
    producerEpoch?: number;
    topicData: { topic: string; partitions: { partition: number; firstSequence?: number; messages: Message[] }[] }[];
  }

  const produce: {
    protocol: (of: { version: number }) => (options: ProduceOptions) => { request: { encode: () => Promise<Encoder> } };
  };
  export default produce;
}

declare module "kafkajs/src/protocol/recordBatch/crc32C/index.js" {
  const crc32C: (bytes: Buffer) => number;
  export default crc32C;
}

/** The reader of kafkajs 2.2.4 for answers. */
declare module "kafkajs/src/protocol/decoder.js" {
  export default class Decoder {
    constructor(bytes: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readString(): string;
    /** The length before it; null for -1. */
    readBytes(): Buffer | null;
    /** Their number before them. */
    readArray<T>(read: () => T): T[];
    readArrayAsync<T>(read: () => Promise<T>): Promise<T[]>;
  }
}

declare module "kafkajs/src/protocol/message/compression/index.js" {
  /**
   * Null for a compression that kafkajs doesn't know; throws for one that it knows only the name
   * of.
   */
  export const lookupCodec: (type: number) => { decompress: (bytes: Buffer) => Promise<Buffer> } | null;
}

/** The requests to read that kafkajs 2.2.4 knows, by the version of the protocol. */
declare module "kafkajs/src/protocol/requests/fetch/index.js" {
  export interface FetchOptions {
    topics: { topic: string; partitions: { partition: number; fetchOffset: string }[] }[];
  }

  const fetch: {
    versions: string[];
    protocol: (of: { version: number }) => (options: FetchOptions) => {
      request: object;
      response: { decode: (raw: Buffer) => Promise<unknown>; parse: (decoded: unknown) => Promise<unknown> };
    };
  };
  export default fetch;
}

/** The requests for offsets that kafkajs 2.2.4 knows, by the version of the protocol. */
declare module "kafkajs/src/protocol/requests/listOffsets/index.js" {
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export interface ListOffsetsOptions {
    /** 0 counts records of open transactions, 1 ends in front of them. */
    isolationLevel?: number;
    topics: { topic: string; partitions: { partition: number; timestamp?: number }[] }[];
  }

  const listOffsets: {
    protocol: (of: { version: number }) => (options: ListOffsetsOptions) => {
      request: { encode: () => Promise<Encoder> };
    };
  };
  export default listOffsets;
}
