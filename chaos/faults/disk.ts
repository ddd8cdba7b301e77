import { inStack, SERVICE_LABEL, STACKS, SWARM_SERVICES, VOLUMES } from "@gifticon/contract/facts/names.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import type { FaultContext, Case } from "../case.ts";
import { runningTask } from "./tasks.ts";

const BROKER_VOLUME = inStack(STACKS.kafka, VOLUMES.broker);
/** Lists the broker's containers on a host. */
const BROKERS = `docker ps -q --filter label=${SERVICE_LABEL}=${SWARM_SERVICES.broker}`;
const SMALL_DISK = "/run/small-disk";
/** Free space of the small disk beyond the data. */
const SPARE_MIB = 64;

/**
 * Moves the broker's data to a small disk in memory. The broker is stopped meanwhile, as for a new
 * disk. Returns the folder of the data and a function that moves it back.
 */
async function moveToSmallDisk(
  context: FaultContext,
  host: string,
): Promise<{ folder: string; restore: () => Promise<void> }> {
  const { environment, until, undo } = context;
  const shell = (script: string) => environment.hosts.run(host, ["sh", "-ec", script]);
  const folder = (
    await environment.hosts.run(host, ["docker", "volume", "inspect", "-f", "{{.Mountpoint}}", BROKER_VOLUME])
  ).trim();
  const scaleTo = async (count: number) => {
    await environment.swarm.scale(SWARM_SERVICES.broker, count);
    await until(
      `${count} brokers`,
      async () => (await environment.swarm.tasks(SWARM_SERVICES.broker)).length === count,
    );
  };
  const restore = undo(async () => {
    // `scaleTo` would stop when the run is cancelled; the restoration has to finish.
    await environment.swarm.scale(SWARM_SERVICES.broker, 0);
    await waitUntil("the broker to stop", async () => (await shell(BROKERS)).trim() === "");
    await shell(`if mountpoint -q ${folder}; then
      umount ${folder}; rm -f ${SMALL_DISK}/filler; rm -rf ${folder}/*; cp -a ${SMALL_DISK}/. ${folder}/; fi
      if mountpoint -q ${SMALL_DISK}; then umount ${SMALL_DISK}; fi; rm -rf ${SMALL_DISK}`);
    await environment.swarm.scale(SWARM_SERVICES.broker, 1);
  });
  await scaleTo(0);
  await shell(`used=$(du -sm ${folder} | cut -f 1); mkdir -p ${SMALL_DISK}
    mount -t tmpfs -o size=$((used + ${SPARE_MIB}))m tmpfs ${SMALL_DISK}
    cp -a --sparse=always ${folder}/. ${SMALL_DISK}/; mount --bind ${SMALL_DISK} ${folder}`);
  await scaleTo(1);
  return { folder, restore };
}

export const diskCases: readonly Case[] = [
  {
    name: "broker-disk-full",
    family: "broker",
    description: "fills the broker's disk and frees it again",
    inject: async (context) => {
      const { environment, load, until, observed } = context;
      const { host } = await runningTask(context, SWARM_SERVICES.broker);
      const { folder, restore } = await moveToSmallDisk(context, host);
      const { accepted } = load;
      await until("accepted requests on the small disk", () => load.accepted > accepted);
      const { container } = await runningTask(context, SWARM_SERVICES.broker);
      // dd fails when the disk is full.
      await environment.hosts.run(host, ["sh", "-c", `dd if=/dev/zero of=${folder}/filler bs=64k 2>/dev/null || true`]);
      const left =
        (await environment.hosts.run(host, ["df", "--output=avail,pcent", folder])).split("\n").at(-1)?.trim() ?? "";
      if (!left.startsWith("0 ")) throw new Error(`the broker's disk is not full: ${left}`);
      const message = await until("the broker's log message", async () => {
        const log = await environment.hosts.run(host, [
          "sh",
          "-c",
          `docker logs --tail 2000 ${container} 2>&1 || true`,
        ]);
        return /No space left on device/.exec(log)?.[0];
      });
      observed(`the disk had ${left} left, and the broker logged "${message}"`);
      await environment.hosts.run(host, ["rm", "-f", `${folder}/filler`]);
      const before = load.accepted;
      await until("accepted requests with room again", () => load.accepted > before);
      await restore();
    },
  },
];
