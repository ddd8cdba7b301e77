// By path, because who compiles the program compiles what it imports, and an ambient declaration is imported by nobody.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import { CompressionTypes } from "kafkajs";
import Encoder from "kafkajs/src/protocol/encoder.js";
import produce, { type ProduceOptions } from "kafkajs/src/protocol/requests/produce/index.js";
import { RecordSet } from "./record-set.ts";

// Makes kafkajs 2.2.4 write a `RecordSet` as what it is. Requests to write without any are encoded as ever.
const { protocol } = produce;
/** The first version with record sets of this format, whose requests are those of all later ones that kafkajs knows. */
const FIRST_VERSION = 3;
const NO_PRODUCER_ID = -1;

produce.protocol = ({ version }) => {
  const make = protocol({ version });
  return (options) => {
    const made = make(options);
    if (hasRecordSets(options)) made.request.encode = () => Promise.resolve(encode(version, options));
    return made;
  };
};

function hasRecordSets({ topicData }: ProduceOptions): boolean {
  const messages = topicData.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));
  return messages.some((message) => message instanceof RecordSet);
}

function encode(version: number, options: ProduceOptions): Encoder {
  const { acks, timeout, topicData } = options;
  if (version < FIRST_VERSION || !isPlain(options)) {
    throw new TypeError("a record set is written by a producer that neither compresses nor is idempotent");
  }
  const topics = topicData.map(({ topic, partitions }) =>
    new Encoder().writeString(topic).writeArray(
      partitions.map(({ partition, messages: [only, ...others] }) => {
        if (!(only instanceof RecordSet) || others.length > 0 || only.partition !== partition) {
          throw new TypeError(`a record set is written alone, and to its partition: not so on ${topic}, ${partition}`);
        }
        return new Encoder(only.value.length + 8).writeInt32(partition).writeBytes(only.value);
      }),
    ),
  );
  return new Encoder().writeString(null).writeInt16(acks).writeInt32(timeout).writeArray(topics);
}

function isPlain({ compression, transactionalId, producerId }: ProduceOptions): boolean {
  return compression === CompressionTypes.None && transactionalId === undefined && producerId === NO_PRODUCER_ID;
}
