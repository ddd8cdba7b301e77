import { text } from "node:stream/consumers";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { z } from "zod";
import { renderScript } from "../scripts/render-script.ts";
import { hostDrift, type NodeObservation } from "./host-drift.ts";
import { hostObservation, topicValues } from "./host-observation.ts";
import { type Login, RemoteHost } from "./remote-host.ts";

// Detects drift over SSH. Each host observes what only it can see. The manager compares these
// observations and the Swarm with its records. Prints {"repairs": TEXT} with the manager's answer,
// or {"error": REASON} when the manager does not answer. Reads the manager's endpoint from standard
// input, as JSON, so that no file and no process list contains the program's key.
const DIAL_MS = 10_000;
const ANSWER_MS = 60_000;
/** Time limit for a connection to a host, which may be off. */
const HOST_DIAL_MS = 5_000;
/**
 * Time limit for a host's answer. It includes Kafka's tool, which takes 2 s and is ended after 25
 * s.
 */
const HOST_ANSWER_MS = 30_000;

const hostList = z.object({
  hosts: z.array(z.object({ node: z.string(), address: z.string(), hostKey: z.string() })),
  topics: z.array(z.string()),
});
type ListedHost = z.output<typeof hostList>["hosts"][number];

const endpoint = JSON.parse(await text(process.stdin)) as Login;
try {
  await using manager = await RemoteHost.connect(endpoint, DIAL_MS);
  const HOST_DRIFT = hostDrift(await observeHosts(manager));
  const detect = renderScript("infra/scripts/manager/detect-drift.sh", { HOST_DRIFT });
  process.stdout.write(JSON.stringify({ repairs: await manager.run(detect, ANSWER_MS) }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}

/** Observes all hosts at once. Leaves out those that do not answer. */
async function observeHosts(manager: RemoteHost): Promise<NodeObservation[]> {
  const list = renderScript("infra/scripts/manager/list-hosts.sh", { TOPICS_SERVICE: SWARM_SERVICES.topics });
  const { hosts, topics } = hostList.parse(JSON.parse(await manager.run(list, ANSWER_MS)));
  const script = renderScript("infra/scripts/member/observe-host.sh", topicValues(topics));
  const observations = await Promise.allSettled(hosts.map((host) => observeHost(manager, host, script)));
  return observations.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

async function observeHost(
  manager: RemoteHost,
  { node, address, hostKey }: ListedHost,
  script: string,
): Promise<NodeObservation> {
  await using host = await manager.through({ ...endpoint, host: address, hostKey }, HOST_DIAL_MS);
  return { node, ...hostObservation.parse(JSON.parse(await host.run(script, HOST_ANSWER_MS))) };
}
