// By path, because who compiles the program compiles what it imports, and an ambient declaration is imported by nobody.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import { CompressionTypes } from "kafkajs";
import Encoder from "kafkajs/src/protocol/encoder.js";
import produce, { type ProduceOptions } from "kafkajs/src/protocol/requests/produce/index.js";
import { encodeRecordSet } from "./record-set.ts";

// kafkajs 2.2.4 makes several buffers for each record that it writes, which took a tenth of main-api's CPU. Requests to write are encoded by `encodeRecordSet`
// instead, as far as they are of its kind: the bytes are the same.
const { protocol } = produce;
/** The first version with headers, whose encoding is that of all later ones that kafkajs knows. */
const FIRST_VERSION = 3;
const NO_PRODUCER_ID = -1;

produce.protocol = ({ version }) => {
  const make = protocol({ version });
  return (options) => {
    const made = make(options);
    if (version >= FIRST_VERSION && isPlain(options)) made.request.encode = () => Promise.resolve(encode(options));
    return made;
  };
};

function isPlain({ compression, transactionalId, producerId }: ProduceOptions): boolean {
  return compression === CompressionTypes.None && transactionalId === undefined && producerId === NO_PRODUCER_ID;
}

function encode({ acks, timeout, topicData }: ProduceOptions): Encoder {
  const now = Date.now();
  const topics = topicData.map(({ topic, partitions }) =>
    new Encoder().writeString(topic).writeArray(
      partitions.map(({ partition, messages }) => {
        const records = encodeRecordSet(messages, now);
        return new Encoder(records.length).writeInt32(partition).writeBytes(records);
      }),
    ),
  );
  return new Encoder().writeString(null).writeInt16(acks).writeInt32(timeout).writeArray(topics);
}
