/** Internals of kafkajs 2.2.4 that the services use: the queue of each connection. */
declare module "kafkajs/src/network/requestQueue/index.js" {
  interface RequestQueue {
    /** Requests that may not be sent yet. */
    pending: unknown[];
    /** Requests that wait for their response, by their correlation id. */
    inflight: Map<number, unknown>;
    /** Timer of the next check, if there is one. */
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
    checkPendingRequests: () => void;
    /** Handles the broker's request for a pause, in milliseconds. */
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

/** The growing buffer into which kafkajs 2.2.4 encodes requests. */
declare module "kafkajs/src/protocol/encoder.js" {
  export default class Encoder {
    /** @param initialSize expected number of bytes. */
    constructor(initialSize?: number);
    /** The written bytes. */
    readonly buffer: Buffer;
    writeInt8(value: number): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    /** Writes a number, or an offset as decimal text, which is kafkajs's form. */
    writeInt64(value: string | number): this;
    writeBoolean(value: boolean): this;
    /** Writes bytes without their length. */
    writeBuffer(value: Buffer): this;
    writeUVarInt(value: number): this;
    /** Writes a text after its length, in the form of flexible versions. */
    writeUVarIntString(value: string | null): this;
    /**
     * Writes entries after their number, in the form of flexible versions. Null differs from an
     * empty array.
     */
    writeUVarIntArray(value: readonly Encoder[] | null): this;
    writeString(value: string | null): this;
    /** Writes bytes after their length. */
    writeBytes(value: Buffer): this;
    /** Writes entries after their number. */
    writeArray(value: readonly Encoder[]): this;
  }
}

/** Produce requests of kafkajs 2.2.4, by version of the protocol. */
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

/** The decoder of kafkajs 2.2.4 for answers. */
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
    /**
     * Reads this number of bytes, by default the length before them. Returns null for the length
     * -1.
     */
    readBytes(length?: number): Buffer | null;
    /** Skips the optional fields of flexible versions. */
    readTaggedFields(): void;
    /** Reads entries after their number, in the form of flexible versions. */
    readUVarIntArray<T>(read: () => T): T[] | null;
    /** Reads entries after their number. */
    readArray<T>(read: () => T): T[];
  }
}

declare module "kafkajs/src/protocol/message/compression/index.js" {
  /** Returns null for an unknown compression. Throws for one that kafkajs names without a codec. */
  export const lookupCodec: (type: number) => { decompress: (bytes: Buffer) => Promise<Buffer> } | null;
}

/** Fetch requests of kafkajs 2.2.4, by version of the protocol. */
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

/** Requests of kafkajs 2.2.4 for offsets, by version of the protocol. */
declare module "kafkajs/src/protocol/requests/listOffsets/index.js" {
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export interface ListOffsetsOptions {
    /** 0 counts records of open transactions, 1 stops before them. */
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
    /** An empty list means all topics. */
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
