import { HOST_LABEL } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Declared } from "../declared.ts";
import type { Finding } from "../finding.ts";
import type { Sight, SwarmSight } from "../sight.ts";
import type { Steps } from "../steps.ts";

type SwarmAndHosts = Pick<Sight, "swarm" | "hosts" | "unasked">;

/**
 * Compares the Swarm's nodes with the declared ones: they have to be there, ready, labelled and
 * available as declared, and there may be no others.
 */
export function checkNodes({ outputs }: Pick<Declared, "outputs">, sight: SwarmAndHosts, steps: Steps): Finding[] {
  const { swarm } = sight;
  const nodesOf = new Map(
    outputs.nodes.map((declared) => [
      declared,
      swarm.nodes.filter(
        ({ Spec, Status }) => Status.Addr === declared.privateIp || Spec.Labels[HOST_LABEL] === declared.name,
      ),
    ]),
  );
  const known = new Set([...nodesOf.values()].flat());
  return [
    ...[...nodesOf].flatMap(([declared, nodes]) => checkNode(declared, nodes, sight, steps)),
    ...swarm.nodes
      .filter((node) => !known.has(node))
      .map(({ ID, Status }) => ({
        what: `node ${ID} (${Status.Addr}, ${Status.State}) belongs to no declared host`,
        next: `on the manager: sudo docker node rm --force ${ID}`,
      })),
  ];
}

function checkNode(
  { name, role, privateIp, labels }: Declared["outputs"]["nodes"][number],
  nodes: SwarmSight["nodes"],
  sight: SwarmAndHosts,
  steps: Steps,
): Finding[] {
  const node = nodes.find(({ Status }) => Status.Addr === privateIp && Status.State === "ready") ?? nodes[0];
  if (node === undefined) return [{ what: `${name} is not in the Swarm`, next: stepBack(name, sight, steps) }];
  const findings: Finding[] = [];
  const find = (what: string, next: string) => findings.push({ what: `${name} ${what}`, next });
  const back = `${steps.up} puts it back`;
  const { State } = node.Status;
  if (State !== "ready") {
    find(`is ${State} in the Swarm`, stepBack(name, sight, steps));
  }
  const [declaredRole, presentRole] = [role === "manager" ? "manager" : "worker", node.Spec.Role];
  if (presentRole !== declaredRole) {
    find(`is a ${presentRole} of the Swarm, not a ${declaredRole}`, back);
  }
  if (node.ManagerStatus !== undefined && node.ManagerStatus.Reachability !== "reachable") {
    find(
      `is a manager that the others can't reach (${node.ManagerStatus.Reachability}): when half of the managers are, nothing can be changed`,
      stepBack(name, sight, steps),
    );
  }
  const availability = role === "manager" ? "drain" : "active";
  if (node.Spec.Availability !== availability) {
    find(`is set to ${node.Spec.Availability}, not ${availability}`, back);
  }
  const wanted: Record<string, string> = { ...labels, [HOST_LABEL]: name };
  const present = node.Spec.Labels;
  for (const [label, value] of Object.entries(wanted)) {
    if (present[label] === undefined) find(`lacks the label ${label}=${value}`, back);
    else if (present[label] !== value) {
      find(`has the label ${label}=${present[label]}, not ${value}`, back);
    }
  }
  for (const label of Object.keys(present)) {
    if (wanted[label] === undefined) find(`has the label ${label}, which nobody declared`, back);
  }
  if (nodes.length > 1) find(`has ${nodes.length} nodes in the Swarm`, `${steps.up} removes the earlier ones`);
  return findings;
}

/** Returns the step that brings a host's node back, by what the host itself says of it. */
function stepBack(name: string, { hosts, unasked }: SwarmAndHosts, { up, bringBack }: Steps): string {
  const host = hosts[name];
  if (host === undefined && unasked[name]?.greets !== true) return bringBack(name);
  if (host?.swarm === "") return `on ${name}: sudo systemctl restart docker`;
  if (host?.swarm !== "active") return `${up} joins it again`;
  return `see what keeps ${name} from port ${PORTS.swarmControl} of the managers; it comes back by itself`;
}
