import { inStack, SERVICE_LABEL, STACKS, SWARM_SERVICES, VOLUMES } from "@gifticon/contract/facts/names.ts";
import { waitUntil } from "../../operate/wait-until.ts";
import type { Blow, Case } from "../case.ts";
import { runningTask } from "./tasks.ts";

const BROKER_VOLUME = inStack(STACKS.kafka, VOLUMES.broker);
/** Its containers on a host. */
const BROKERS = `docker ps -q --filter label=${SERVICE_LABEL}=${SWARM_SERVICES.broker}`;
const SMALL_DISK = "/run/small-disk";
/** What it has beside the data. */
const SPARE_MIB = 64;

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
    await environment.scale(SWARM_SERVICES.broker, count);
    await until(`${count} brokers`, async () => (await environment.tasks(SWARM_SERVICES.broker)).length === count);
  };
  const moveBack = undo(async () => {
    // Not by `replicas`: this has to be done to its end, also when the run is ended.
    await environment.scale(SWARM_SERVICES.broker, 0);
    await waitUntil("the broker's end", async () => (await shell(BROKERS)).trim() === "");
    await shell(`if mountpoint -q ${folder}; then
      umount ${folder}; rm -f ${SMALL_DISK}/filler; rm -rf ${folder}/*; cp -a ${SMALL_DISK}/. ${folder}/; fi
      if mountpoint -q ${SMALL_DISK}; then umount ${SMALL_DISK}; fi; rm -rf ${SMALL_DISK}`);
    await environment.scale(SWARM_SERVICES.broker, 1);
  });
  await replicas(0);
  await shell(`used=$(du -sm ${folder} | cut -f 1); mkdir -p ${SMALL_DISK}
    mount -t tmpfs -o size=$((used + ${SPARE_MIB}))m tmpfs ${SMALL_DISK}
    cp -a --sparse=always ${folder}/. ${SMALL_DISK}/; mount --bind ${SMALL_DISK} ${folder}`);
  await replicas(1);
  return { folder, moveBack };
}

export const diskCases: readonly Case[] = [
  {
    name: "broker-disk-full",
    family: "broker",
    what: "the broker's disk is full, and has room again",
    strike: async (blow) => {
      const { environment, load, until, proof } = blow;
      const { host } = await runningTask(blow, SWARM_SERVICES.broker);
      const { folder, moveBack } = await moveToSmallDisk(blow, host);
      const { accepted } = load;
      await until("accepted requests on the small disk", () => load.accepted > accepted);
      const { container } = await runningTask(blow, SWARM_SERVICES.broker);
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
