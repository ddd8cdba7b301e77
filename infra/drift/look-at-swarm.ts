import { text } from "node:stream/consumers";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { z } from "zod";
import { renderScript } from "../scripts/render-script.ts";
import { hostLook, topicValues } from "./host-look.ts";
import { type NodeLook, observationsOf } from "./observation.ts";
import { type Login, RemoteHost } from "./remote-host.ts";

// Looks for changes by hand over SSH, through the manager. Each host tells what it has lost, and
// the manager compares the Swarm and these answers with what was put there. Prints the manager's
// answer, {"seen": TEXT}, or {"unseen": REASON} when the manager can't be asked. Reads the manager's
// endpoint from standard input, as JSON: the program's key stands in no file and no process list.
const DIAL_MS = 10_000;
const ANSWER_MS = 60_000;
/** Costs of a host that is off. */
const HOST_DIAL_MS = 5_000;
/** The broker's own tool takes 2 s, and has 25. */
const HOST_ANSWER_MS = 30_000;

const hostList = z.object({
  hosts: z.array(z.object({ node: z.string(), address: z.string(), hostKey: z.string() })),
  topics: z.array(z.string()),
});
type Listed = z.output<typeof hostList>["hosts"][number];

const endpoint = JSON.parse(await text(process.stdin)) as Login;
try {
  await using manager = await RemoteHost.connect(endpoint, DIAL_MS);
  const OBSERVED = observationsOf(await lookAtHosts(manager));
  const seen = await manager.run(renderScript("infra/scripts/manager/look.sh", { OBSERVED }), ANSWER_MS);
  process.stdout.write(JSON.stringify({ seen }));
} catch (error) {
  process.stdout.write(JSON.stringify({ unseen: error instanceof Error ? error.message : String(error) }));
}

/** Asks all hosts at once. One that doesn't answer has found nothing. */
async function lookAtHosts(manager: RemoteHost): Promise<NodeLook[]> {
  const script = renderScript("infra/scripts/manager/look-hosts.sh", { TOPICS_SERVICE: SWARM_SERVICES.topics });
  const { hosts, topics } = hostList.parse(JSON.parse(await manager.run(script, ANSWER_MS)));
  const lookHost = renderScript("infra/scripts/member/look-host.sh", topicValues(topics));
  const looks = await Promise.allSettled(hosts.map((host) => lookAtHost(manager, host, lookHost)));
  return looks.flatMap((look) => (look.status === "fulfilled" ? [look.value] : []));
}

async function lookAtHost(manager: RemoteHost, { node, address, hostKey }: Listed, script: string): Promise<NodeLook> {
  await using host = await manager.through({ ...endpoint, host: address, hostKey }, HOST_DIAL_MS);
  return { node, ...hostLook.parse(JSON.parse(await host.run(script, HOST_ANSWER_MS))) };
}
