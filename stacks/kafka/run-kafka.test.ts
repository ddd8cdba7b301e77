import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { execa } from "execa";

const dump = (nodes: string[]) =>
  [
    "SessionTracker dump:",
    "ephemeral nodes dump:",
    "Sessions with Ephemerals (1):",
    "0x1:",
    ...nodes.map((node) => `\t${node}`),
    "",
  ].join("\n");

/**
 * Starts the broker on a ZooKeeper that gives these answers in turn, and then repeats the last one.
 */
async function start(answers: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "run-kafka-"));
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end((answers.length > 1 ? answers.shift() : answers[0]) ?? ""));
  });
  try {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const properties = join(folder, "kafka.properties");
    await writeFile(properties, `broker.id=1\nzookeeper.connect=127.0.0.1:${port}\n`);
    await writeFile(join(folder, "java"), '#!/usr/bin/env bash\necho "broker ${*: -1}"\n', { mode: 0o755 });
    const { stdout } = await execa(resolve(import.meta.dirname, "image/bin/run-kafka"), {
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, HEAP_MIB: "64", KAFKA_PROPERTIES: properties },
    });
    return stdout.replaceAll(folder, "").split("\n");
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

const WAITS = "waiting for ZooKeeper to answer and to drop the previous broker's registration";
const STARTS = "broker /kafka.properties";

test("the broker starts at once when ZooKeeper has no broker with its id", async () => {
  assert.deepEqual(await start([dump([])]), [STARTS]);
  assert.deepEqual(await start([dump(["/brokers/ids/11", "/controller"])]), [STARTS]);
});

test("the broker waits until ZooKeeper answers and the previous broker is no longer registered", async () => {
  assert.deepEqual(await start(["", dump(["/brokers/ids/1", "/controller"]), dump([])]), [WAITS, WAITS, STARTS]);
});
