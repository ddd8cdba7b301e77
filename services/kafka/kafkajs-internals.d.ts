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
    writeInt8(value: number): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    /** Decimal text, as kafkajs keeps offsets, or a number. */
    writeInt64(value: string | number): this;
    writeBoolean(value: boolean): this;
    /** The bytes alone. */
    writeBuffer(value: Buffer): this;
    writeUVarInt(value: number): this;
    /** The length before it, as flexible versions have it. */
    writeUVarIntString(value: string | null): this;
    /** Their number before them, as flexible versions have it; null is another thing than none. */
    writeUVarIntArray(value: readonly Encoder[] | null): this;
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
    readBoolean(): boolean;
    readString(): string;
    readUVarInt(): number;
    readUVarIntString(): string | null;
    /** Reads this number of bytes, by default the length before them; null for -1. */
    readBytes(length?: number): Buffer | null;
    /** Optional fields of flexible versions; they are passed over. */
    readTaggedFields(): void;
    /** Their number before them, as flexible versions have it. */
    readUVarIntArray<T>(read: () => T): T[] | null;
    /** Their number before them. */
    readArray<T>(read: () => T): T[];
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
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export interface FetchOptions {
    /** -1 for a consumer. */
    replicaId?: number;
    /** 1 for committed records only. */
    isolationLevel?: number;
    /** Milliseconds. */
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    rackId?: string;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }

  const fetch: {
    versions: string[];
    protocol: (of: { version: number }) => (options: FetchOptions) => {
      request: { encode: () => Promise<Encoder> };
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

declare module "kafkajs/src/protocol/requests/metadata/index.js" {
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export interface MetadataOptions {
    /** None stands for all. */
    topics: readonly string[];
    allowAutoTopicCreation?: boolean;
  }

  const metadata: {
    versions: string[];
    protocol: (of: { version: number }) => (options: MetadataOptions) => {
      request: { encode: () => Promise<Encoder> };
      response: { decode: (raw: Buffer) => Promise<unknown> };
    };
  };
  export default metadata;
}

declare module "kafkajs/src/protocol/requests/offsetCommit/index.js" {
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export interface OffsetCommitOptions {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: { topic: string; partitions: { partition: number; offset: string; metadata?: string }[] }[];
  }

  const offsetCommit: {
    protocol: (of: { version: number }) => (options: OffsetCommitOptions) => {
      request: { encode: () => Promise<Encoder> };
    };
  };
  export default offsetCommit;
}

declare module "kafkajs/src/protocol/requests/offsetFetch/index.js" {
  export interface OffsetFetchOptions {
    groupId: string;
    topics: { topic: string; partitions: { partition: number }[] }[];
  }

  export interface CommittedOffsets {
    responses: {
      topic: string;
      partitions: { partition: number; offset: string; metadata: string | null }[];
    }[];
  }

  const offsetFetch: {
    protocol: (of: { version: number }) => (options: OffsetFetchOptions) => {
      request: object;
      response: { decode: (raw: Buffer) => Promise<CommittedOffsets> };
    };
  };
  export default offsetFetch;
}
