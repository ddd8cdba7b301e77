import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";

/** A topic of the broker, with its own settings. */
interface Topic {
  partitions: number;
  settings?: Record<string, string>;
}
type Topics = Record<string, Topic>;

/** Fakes of Kafka's tools, with their output. They record requested changes and change nothing. */
const JAVA = `#!/usr/bin/env bash
command="$*"
case "$command" in
  *--create* | *--alter*) printf '%s\\n' "\${command#*--bootstrap-server * }" >>"$FOLDER/changes" ;;
  *TopicCommand*) cat "$FOLDER/partitions" ;;
  *ConfigCommand*) cat "$FOLDER/settings" ;;
esac
`;

const DLT_SETTING = "max.message.bytes=2097152";
const DECLARED = ["coupon_create:3", `coupon_create.dlt:1:${DLT_SETTING}`];
const WELL: Topics = {
  coupon_create: { partitions: 3 },
  "coupon_create.dlt": { partitions: 1, settings: { "max.message.bytes": "2097152" } },
  __consumer_offsets: { partitions: 1, settings: { "cleanup.policy": "compact" } },
};

const server = createServer((socket) => socket.destroy());
before(() => once(server.listen(0, "127.0.0.1"), "listening"));
after(() => server.close());

/** Runs declare-topics on a broker with these topics. Returns its changes and its output. */
async function declare(topics: Topics, args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), "topics-"));
  try {
    const put = (name: string, lines: string[]) =>
      writeFile(join(folder, name), lines.map((line) => `${line}\n`).join(""));
    await writeFile(join(folder, "java"), JAVA, { mode: 0o755 });
    await put("changes", []);
    await put(
      "partitions",
      Object.entries(topics).flatMap(([name, { partitions }]) => [
        `Topic: ${name}\tTopicId: E6U1ZF8MQhKy5F8REqUYRw\tPartitionCount: ${partitions}\tReplicationFactor: 1\tConfigs: min.insync.replicas=1`,
        `\tTopic: ${name}\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: N/A\tLastKnownElr: N/A`,
      ]),
    );
    await put(
      "settings",
      Object.entries(topics).flatMap(([name, { settings = {} }]) => [
        `Dynamic configs for topic ${name} are:`,
        ...Object.entries(settings).map(
          ([key, value]) =>
            `  ${key}=${value} sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:${key}=${value}, DEFAULT_CONFIG:${key}=1}`,
        ),
      ]),
    );
    const script = resolve(import.meta.dirname, "image/bin/declare-topics");
    const { stdout, stderr, exitCode } = await execa(script, args, {
      env: {
        FOLDER: folder,
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        BOOTSTRAP_SERVERS: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
      reject: false,
    });
    const changes = (await readFile(join(folder, "changes"), "utf8")).split("\n").filter((line) => line !== "");
    return { changes, printed: stdout.split("\n").filter((line) => line !== ""), stderr, exitCode };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the declared topics with this change; undefined removes a topic. */
const changed = (change: Record<string, Topic | undefined>): Topics =>
  Object.fromEntries(Object.entries({ ...WELL, ...change }).flatMap(([name, topic]) => (topic ? [[name, topic]] : [])));

const CREATE = "--create --topic";
const cases: [string, Record<string, Topic | undefined>, string[], string[]][] = [
  ["topics that are as declared", {}, [], []],
  [
    "a topic that was deleted",
    { coupon_create: undefined },
    ["coupon_create missing"],
    [`${CREATE} coupon_create --partitions 3 --replication-factor 1`],
  ],
  [
    "a dead-letter topic that was deleted",
    { "coupon_create.dlt": undefined },
    ["coupon_create.dlt missing"],
    [`${CREATE} coupon_create.dlt --partitions 1 --replication-factor 1 --config ${DLT_SETTING}`],
  ],
  [
    "fewer partitions than declared",
    { coupon_create: { partitions: 1 } },
    ["coupon_create fewer 1 3"],
    ["--alter --topic coupon_create --partitions 3"],
  ],
  [
    "a setting that was added by hand",
    { coupon_create: { partitions: 3, settings: { "cleanup.policy": "compact,delete", "retention.ms": "1000" } } },
    ["coupon_create settings cleanup.policy=compact,delete;retention.ms=1000 none"],
    ["--alter --entity-name coupon_create --delete-config cleanup.policy,retention.ms --entity-type topics"],
  ],
  [
    "a setting that was changed, and one beside it",
    { "coupon_create.dlt": { partitions: 1, settings: { "max.message.bytes": "9", "retention.ms": "1" } } },
    [`coupon_create.dlt settings max.message.bytes=9;retention.ms=1 ${DLT_SETTING}`],
    [
      `--alter --entity-name coupon_create.dlt --add-config ${DLT_SETTING} --delete-config retention.ms --entity-type topics`,
    ],
  ],
  [
    "fewer partitions and a setting that was added",
    { coupon_create: { partitions: 1, settings: { "retention.ms": "1" } } },
    ["coupon_create fewer 1 3", "coupon_create settings retention.ms=1 none"],
    [
      "--alter --topic coupon_create --partitions 3",
      "--alter --entity-name coupon_create --delete-config retention.ms --entity-type topics",
    ],
  ],
];

for (const [what, change, differences, changes] of cases) {
  test(`${what}: the check names it and changes nothing, and the declaration corrects it`, async () => {
    const checked = await declare(changed(change), ["--check", ...DECLARED]);
    assert.deepEqual([checked.printed, checked.changes, checked.exitCode], [differences, [], 0]);
    assert.deepEqual((await declare(changed(change), DECLARED)).changes, changes);
  });
}

test("more partitions than declared can't be removed: the check names them, and the declaration fails with the reason", async () => {
  const topics = changed({ coupon_create: { partitions: 4 } });
  assert.deepEqual((await declare(topics, ["--check", ...DECLARED])).printed, ["coupon_create more 4 3"]);
  const { exitCode, stderr, changes } = await declare(topics, DECLARED);
  assert.deepEqual([exitCode, changes], [1, []]);
  assert.match(stderr, /topic coupon_create has more partitions than the 3 that are declared/);
});

test("a declaration without effect fails, and names the remaining differences", async () => {
  const { exitCode, stderr } = await declare(changed({ coupon_create: undefined }), DECLARED);
  assert.equal(exitCode, 1);
  assert.match(stderr, /not as declared:\ncoupon_create missing$/);
});
