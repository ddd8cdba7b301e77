// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import { CompressionTypes, type Message } from "kafkajs";
import Encoder from "kafkajs/src/protocol/encoder.js";
import produce, { type ProduceOptions } from "kafkajs/src/protocol/requests/produce/index.js";
import { RecordSet } from "./record-set.ts";

// Makes kafkajs 2.2.4 send a `RecordSet` as it is, and encodes all other messages as one too.
// kafkajs's own encoder fails on a header without a value, and loses headers when a header of
// another name stands between two of the same name. kafkajs still encodes compressed and idempotent
// batches.
const { protocol } = produce;
/**
 * First version of the protocol with record sets of this format. Its requests equal those of all
 * later versions that kafkajs knows.
 */
const FIRST_VERSION = 3;
const NO_PRODUCER_ID = -1;

produce.protocol = ({ version }) => {
  const make = protocol({ version });
  return (options) => {
    const made = make(options);
    if (isOurs(version, options)) made.request.encode = () => Promise.resolve(encode(options));
    return made;
  };
};

function isOurs(version: number, options: ProduceOptions): boolean {
  if (version >= FIRST_VERSION && isPlain(options)) return true;
  const sets = options.topicData.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));
  if (sets.some((message) => message instanceof RecordSet)) {
    throw new TypeError("a record set is written by a producer that neither compresses nor is idempotent");
  }
  return false;
}

function encode({ acks, timeout, topicData }: ProduceOptions): Encoder {
  const topics = topicData.map(({ topic, partitions }) =>
    new Encoder().writeString(topic).writeArray(
      partitions.map(({ partition, messages }) => {
        const { value } = recordSetOf(topic, partition, messages);
        return new Encoder(value.length + 8).writeInt32(partition).writeBytes(value);
      }),
    ),
  );
  return new Encoder().writeString(null).writeInt16(acks).writeInt32(timeout).writeArray(topics);
}

function recordSetOf(topic: string, partition: number, messages: Message[]): RecordSet {
  const [only, ...others] = messages;
  if (!messages.some((message) => message instanceof RecordSet)) return new RecordSet(partition, messages);
  if (!(only instanceof RecordSet) || others.length > 0 || only.partition !== partition) {
    throw new TypeError(`a record set is written alone, and to its partition: not so on ${topic}, ${partition}`);
  }
  return only;
}

function isPlain({ compression, transactionalId, producerId }: ProduceOptions): boolean {
  return compression === CompressionTypes.None && transactionalId === undefined && producerId === NO_PRODUCER_ID;
}
