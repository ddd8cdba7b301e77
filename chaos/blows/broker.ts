import { waitUntil } from "../../test/support/wait-until.ts";
import type { Blow, Case } from "../case.ts";
import type { Task } from "../environment.ts";
import { endInARow, endTask, runningTask } from "./tasks.ts";

const BROKER = "kafka_kafka";
const ZOOKEEPER = "kafka_zookeeper";
const BROKER_VOLUME = "kafka_kafka";
/** Its containers on a host. */
const BROKERS = `docker ps -q --filter label=com.docker.swarm.service.name=${BROKER}`;
const SMALL_DISK = "/run/small-disk";
/** What it has beside the data. */
const SPARE_MIB = 64;
/** Longer than ZooKeeper keeps the broker's registration (6 s), and than a send may take (3 s). */
const FREEZE_SECONDS = { full: 30, fast: 12 };

/** Stops a task's Java process where it is, connections and all, and returns what lets it go on. */
export async function freezeJava(blow: Blow, { host, container }: Task): Promise<() => Promise<void>> {
  const { environment, until, proof } = blow;
  // Not the container's first process, which only passes signals on.
  const listed = await environment.on(host, ["docker", "top", container, "-eo", "pid,comm"]);
  const pid = /^\s*(\d+)\s+java$/m.exec(listed)?.[1];
  if (pid === undefined) throw new Error(`there is no Java process in ${container} of ${host}:\n${listed}`);
  const thaw = blow.undo(() => environment.on(host, ["sh", "-c", `kill -CONT ${pid} || true`]));
  await environment.on(host, ["kill", "-STOP", pid]);
  const state = await until(`process ${pid} to be stopped`, async () => {
    const status = await environment.on(host, ["cat", `/proc/${pid}/status`]);
    return /^State:\s*(T.*)$/m.exec(status)?.[1];
  });
  proof(`broker's process ${pid} on ${host}: ${state}`);
  return thaw;
}

/**
 * Moves the broker's data to a disk that has only some MiB left, in memory; returns what moves it back. The broker is stopped for each, as it would be
 * for a new disk.
 */
async function moveToSmallDisk(blow: Blow, host: string): Promise<{ folder: string; moveBack: () => Promise<void> }> {
  const { environment, until, undo } = blow;
  const shell = (script: string) => environment.on(host, ["sh", "-ec", script]);
  const folder = (
    await environment.on(host, ["docker", "volume", "inspect", "-f", "{{.Mountpoint}}", BROKER_VOLUME])
  ).trim();
  const replicas = async (count: number) => {
    await environment.update(BROKER, ["--replicas", String(count)]);
    await until(`${count} brokers`, async () => (await environment.tasks(BROKER)).length === count);
  };
  const moveBack = undo(async () => {
    // Not by `replicas`: this has to be done to its end, also when the run is ended.
    await environment.update(BROKER, ["--replicas", "0"]);
    await waitUntil("the broker's end", async () => (await shell(BROKERS)).trim() === "");
    await shell(`if mountpoint -q ${folder}; then
      umount ${folder}; rm -f ${SMALL_DISK}/filler; rm -rf ${folder}/*; cp -a ${SMALL_DISK}/. ${folder}/; fi
      if mountpoint -q ${SMALL_DISK}; then umount ${SMALL_DISK}; fi; rm -rf ${SMALL_DISK}`);
    await environment.update(BROKER, ["--replicas", "1"]);
  });
  await replicas(0);
  await shell(`used=$(du -sm ${folder} | cut -f 1); mkdir -p ${SMALL_DISK}
    mount -t tmpfs -o size=$((used + ${SPARE_MIB}))m tmpfs ${SMALL_DISK}
    cp -a --sparse=always ${folder}/. ${SMALL_DISK}/; mount --bind ${SMALL_DISK} ${folder}`);
  await replicas(1);
  return { folder, moveBack };
}

export const brokerCases: readonly Case[] = [
  {
    name: "broker-terminated",
    family: "broker",
    what: "the broker is asked to end (SIGTERM), five times in a row",
    strike: (blow) => endInARow(blow, BROKER, "SIGTERM", blow.fast ? 1 : 5),
  },
  {
    name: "broker-killed",
    family: "broker",
    what: "the broker is killed (SIGKILL), five times in a row",
    fast: true,
    strike: (blow) => endInARow(blow, BROKER, "SIGKILL", blow.fast ? 1 : 5),
  },
  {
    name: "broker-paused",
    family: "broker",
    what: `the broker freezes for ${FREEZE_SECONDS.full} s, its connections open`,
    strike: async (blow) => {
      const task = await runningTask(blow, BROKER);
      const thaw = await freezeJava(blow, task);
      await blow.last(blow.fast ? FREEZE_SECONDS.fast : FREEZE_SECONDS.full);
      await thaw();
    },
  },
  {
    name: "zookeeper-killed",
    family: "broker",
    what: "ZooKeeper is killed",
    strike: async (blow) => {
      await endTask(blow, ZOOKEEPER, await runningTask(blow, ZOOKEEPER), "SIGKILL");
    },
  },
  {
    name: "broker-disk-full",
    family: "broker",
    what: "the broker's disk is full, and has room again",
    strike: async (blow) => {
      const { environment, load, until, proof } = blow;
      const { host } = await runningTask(blow, BROKER);
      const { folder, moveBack } = await moveToSmallDisk(blow, host);
      const { accepted } = load;
      await until("accepted requests on the small disk", () => load.accepted > accepted);
      const { container } = await runningTask(blow, BROKER);
      // As far as it goes: dd fails at the end of the disk.
      await environment.on(host, ["sh", "-c", `dd if=/dev/zero of=${folder}/filler bs=64k 2>/dev/null || true`]);
      const left =
        (await environment.on(host, ["df", "--output=avail,pcent", folder])).split("\n").at(-1)?.trim() ?? "";
      if (!left.startsWith("0 ")) throw new Error(`the broker's disk is not full: ${left}`);
      const words = await until("the broker's own words", async () => {
        const log = await environment.on(host, ["sh", "-c", `docker logs --tail 2000 ${container} 2>&1 || true`]);
        return /No space left on device/.exec(log)?.[0];
      });
      proof(`the disk had ${left} left, and the broker said "${words}"`);
      await environment.on(host, ["rm", "-f", `${folder}/filler`]);
      const before = load.accepted;
      await until("accepted requests with room again", () => load.accepted > before);
      await moveBack();
    },
  },
];
