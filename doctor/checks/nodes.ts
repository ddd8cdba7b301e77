import { HOST_LABEL } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Declared } from "../declared.ts";
import type { Finding } from "../finding.ts";
import type { Sight, SwarmSight } from "../sight.ts";

/** Whether the Swarm's nodes are the declared ones: there, ready, labelled and available as declared, and no others. */
export function checkNodes(
  { outputs }: Pick<Declared, "outputs">,
  { swarm }: Pick<Sight, "swarm">,
  up: string,
): Finding[] {
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
    ...[...nodesOf].flatMap(([declared, nodes]) => checkNode(declared, nodes, up)),
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
  up: string,
): Finding[] {
  const node = nodes.find(({ Status }) => Status.Addr === privateIp && Status.State === "ready") ?? nodes[0];
  if (node === undefined)
    return [
      { what: `${name} is not in the Swarm`, next: `${up} joins it again; with --refresh it replaces a lost host` },
    ];
  const findings: Finding[] = [];
  const find = (what: string, next: string) => findings.push({ what: `${name} ${what}`, next });
  const back = `${up} puts it back`;
  const { State } = node.Status;
  if (State !== "ready") {
    find(`is ${State} in the Swarm`, `${up} joins it again if it left; with --refresh it replaces a lost host`);
  }
  const [declaredRole, presentRole] = [role === "manager" ? "manager" : "worker", node.Spec.Role];
  if (presentRole !== declaredRole) {
    find(`is a ${presentRole} of the Swarm, not a ${declaredRole}`, back);
  }
  if (node.ManagerStatus !== undefined && node.ManagerStatus.Reachability !== "reachable") {
    find(
      `is a manager that the others can't reach (${node.ManagerStatus.Reachability}): when half of the managers are, nothing can be changed`,
      `start its host, or see what keeps port ${PORTS.swarmControl} of it from the others; ${up} with --refresh replaces a lost host`,
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
  if (nodes.length > 1)
    find(`has ${nodes.length} nodes in the Swarm`, "on the manager: sudo docker node rm those that are down");
  return findings;
}
