import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { kafkaStack } from "./kafka-stack.ts";
import { brokerProperties, KAFKA_DATA, ZOOKEEPER_DATA, zookeeperProperties } from "./properties.ts";

const image = join(import.meta.dirname, "image");
const DECLARED = brokerProperties({ externalAddress: "10.0.0.5", retentionHours: 1 });
let folder: string;
let server: Server;
let port: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-health-"));
  server = createServer((socket) => socket.on("data", () => socket.end("imok")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = String((server.address() as AddressInfo).port);
});
after(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Checks a server whose properties have that port in place of the declared one. */
async function check(name: "kafka" | "zookeeper", properties: string): Promise<number | undefined> {
  const file = join(folder, name);
  await writeFile(file, properties);
  const env = { KAFKA_PROPERTIES: file, ZOOKEEPER_PROPERTIES: file };
  return (await execa(join(image, "bin/check-health"), [name], { env, reject: false })).exitCode;
}

test("the broker's check uses the port of its own properties", async () => {
  const moved = DECLARED.replace(/(INTERNAL:\/\/0\.0\.0\.0:)\d+/, `$1${port}`);
  assert.notEqual(moved, DECLARED);
  assert.equal(await check("kafka", moved), 0);
  server.close();
  assert.equal(await check("kafka", moved), 1);
  await new Promise<void>((resolve) => server.listen(Number(port), "127.0.0.1", resolve));
});

test("ZooKeeper's check uses the port of its own properties", async () => {
  const moved = zookeeperProperties().replace(/clientPort=\d+/, `clientPort=${port}`);
  assert.equal(await check("zookeeper", moved), 0);
  assert.equal(await check("zookeeper", "tickTime=2000\n"), 2);
});

test("the image has the folders and files that the stack and the properties name", async () => {
  const dockerfile = await readFile(join(image, "Dockerfile"), "utf8");
  for (const data of [KAFKA_DATA, ZOOKEEPER_DATA]) assert.match(dockerfile, new RegExp(`chown .*${data}`), data);
  const sizes = { heap: 1, limit: 2 };
  const { services } = kafkaStack({
    ...{ image: "image", network: "event", memory: { kafka: sizes, zookeeper: sizes }, partitions: 1 },
    ...{ nodeId: "n", repair: "none" },
    configs: { kafka: "k", zookeeper: "z" },
  });
  for (const { command = [], configs = [] } of Object.values(services)) {
    const start = await readFile(join(image, "bin", command[0] ?? ""), "utf8");
    for (const { target } of configs) assert.ok(start.includes(target), `${command[0] ?? ""}: ${target}`);
  }
});
