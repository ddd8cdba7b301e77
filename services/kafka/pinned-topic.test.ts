import assert from "node:assert/strict";
import { test } from "node:test";
import Encoder from "kafkajs/src/protocol/encoder.js";
import offsetCommit from "kafkajs/src/protocol/requests/offsetCommit/index.js";
import offsetFetch from "kafkajs/src/protocol/requests/offsetFetch/index.js";
import { decodeFetchById } from "./fetch-by-id.ts";
import { type PinnedTopic, TopicLostError, withPinnedTopic } from "./pinned-topic.ts";
import { bytesOfTopicId, writeNoTags } from "./topic-ids.ts";

const ID = "E6U1ZF8MQhKy5F8REqUYRw";
const pin = (onLost: PinnedTopic["onLost"] = () => undefined): PinnedTopic => ({ topic: "t", id: ID, onLost });

/** Returns the end of an encoded commit: the metadata of its only partition. */
async function committedMetadata(topic: string): Promise<string | null> {
  const topics = [{ topic, partitions: [{ partition: 0, offset: "7" }] }];
  const commit = { groupId: "g", groupGenerationId: 1, memberId: "m", topics };
  const { buffer } = await offsetCommit.protocol({ version: 5 })(commit).request.encode();
  const length = buffer.length - `topic-id=${ID}`.length;
  return buffer.includes("topic-id=") ? buffer.subarray(length).toString() : null;
}

test("a consumer of a pinned topic commits the topic's id with the offset", async () => {
  await withPinnedTopic(pin(), async () => {
    assert.equal(await committedMetadata("t"), `topic-id=${ID}`);
    assert.equal(await committedMetadata("another"), null);
  });
  assert.equal(await committedMetadata("t"), null);
});

/** Returns the offset that a consumer gets when one was committed with the metadata. */
async function offsetOf(metadata: string | null): Promise<string | undefined> {
  const topics = [{ topic: "t", partitions: [{ partition: 0 }] }];
  const { response } = offsetFetch.protocol({ version: 4 })({ groupId: "g", topics });
  const raw = new Encoder()
    .writeInt32(0)
    .writeInt32(1)
    .writeString("t")
    .writeInt32(1)
    .writeInt32(0)
    .writeInt64("7")
    .writeString(metadata)
    .writeInt16(0)
    .writeInt16(0).buffer;
  return (await response.decode(raw)).responses[0]?.partitions[0]?.offset;
}

test("it ignores an offset that was committed with the id of another topic", async () => {
  await withPinnedTopic(pin(), async () => {
    assert.equal(await offsetOf(`topic-id=${ID}`), "7");
    assert.equal(await offsetOf("topic-id=AAAAAAAAAAAAAAAAAAAAAA"), "-1");
    for (const metadata of [null, "", "of another client"]) assert.equal(await offsetOf(metadata), "7");
  });
  assert.equal(await offsetOf("topic-id=AAAAAAAAAAAAAAAAAAAAAA"), "7");
});

/** Returns an answer to a fetch by id, with this error. */
function fetched(errorCode: number): Buffer {
  const partition = writeNoTags(
    new Encoder()
      .writeInt32(0)
      .writeInt16(errorCode)
      .writeInt64("9")
      .writeInt64("8")
      .writeInt64("0")
      .writeUVarIntArray(null)
      .writeInt32(-1)
      .writeUVarInt(1 + 3)
      .writeBuffer(Buffer.from("abc")),
  );
  const topic = writeNoTags(new Encoder().writeBuffer(bytesOfTopicId(ID)).writeUVarIntArray([partition]));
  return writeNoTags(writeNoTags(new Encoder()).writeInt32(0).writeInt16(0).writeInt32(0).writeUVarIntArray([topic]))
    .buffer;
}

test("an answer to a fetch by id is read under the topic's name", () => {
  const { responses } = decodeFetchById(fetched(0), pin());
  const [partition] = responses[0]?.partitions ?? [];
  assert.equal(responses[0]?.topicName, "t");
  assert.deepEqual([partition?.highWatermark, partition?.lastStableOffset], ["9", "8"]);
  assert.deepEqual(partition?.bytes, Buffer.from("abc"));
});

test("a fetch of an unknown topic reports the topic's loss, and has no records", () => {
  // UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, INCONSISTENT_TOPIC_ID
  for (const code of [3, 100, 103]) {
    const errors: Error[] = [];
    const { responses } = decodeFetchById(
      fetched(code),
      pin((error) => errors.push(error)),
    );
    assert.ok(errors[0] instanceof TopicLostError);
    assert.deepEqual([responses[0]?.partitions[0]?.errorCode, responses[0]?.partitions[0]?.bytes.length], [0, 0]);
  }
});
