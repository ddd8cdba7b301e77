import { HOST_LABEL } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { ADVICE, type Advice } from "../advice.ts";
import type { Declared } from "../declared.ts";
import type { Finding } from "../finding.ts";
import type { Observation, SwarmObservation } from "../observation.ts";
import type { Steps } from "../steps.ts";

type SwarmAndHosts = Pick<Observation, "swarm" | "hosts" | "unreachable">;

/**
 * Compares the Swarm's nodes with the declared ones. Each has to be present and ready, with the
 * declared labels and availability. Other nodes are faults.
 */
export function checkNodes(
  { outputs }: Pick<Declared, "outputs">,
  observation: SwarmAndHosts,
  steps: Steps,
): Finding[] {
  const { swarm } = observation;
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
    ...[...nodesOf].flatMap(([declared, nodes]) => checkNode(declared, nodes, observation, steps)),
    ...swarm.nodes
      .filter((node) => !known.has(node))
      .map(({ ID, Status }) => ({
        what: `node ${ID} (${Status.Addr}, ${Status.State}) belongs to no declared host`,
        next: ADVICE.removeNode(ID),
      })),
  ];
}

function checkNode(
  { name, role, privateIp, labels }: Declared["outputs"]["nodes"][number],
  nodes: SwarmObservation["nodes"],
  observation: SwarmAndHosts,
  steps: Steps,
): Finding[] {
  const node = nodes.find(({ Status }) => Status.Addr === privateIp && Status.State === "ready") ?? nodes[0];
  if (node === undefined)
    return [{ what: `${name} is not in the Swarm`, next: recoveryStep(name, observation, steps) }];
  const findings: Finding[] = [];
  const find = (what: string, next: Advice) => findings.push({ what: `${name} ${what}`, next });
  const back = ADVICE.upRestores(steps.up);
  const { State } = node.Status;
  if (State !== "ready") {
    find(`is ${State} in the Swarm`, recoveryStep(name, observation, steps));
  }
  const [declaredRole, presentRole] = [role === "manager" ? "manager" : "worker", node.Spec.Role];
  if (presentRole !== declaredRole) {
    find(`is a ${presentRole} of the Swarm, not a ${declaredRole}`, back);
  }
  if (node.ManagerStatus !== undefined && node.ManagerStatus.Reachability !== "reachable") {
    find(
      `is a manager that the others can't reach (${node.ManagerStatus.Reachability}): without half of the managers, nothing in the Swarm can be changed`,
      recoveryStep(name, observation, steps),
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
    if (wanted[label] === undefined) find(`has the label ${label}, which is not declared`, back);
  }
  if (nodes.length > 1) find(`has ${nodes.length} nodes in the Swarm`, ADVICE.upRemovesNodes(steps.up));
  return findings;
}

/** Returns the step that brings a host's node back, by the state of the host. */
function recoveryStep(name: string, { hosts, unreachable }: SwarmAndHosts, { up, recover }: Steps): Advice {
  const host = hosts[name];
  if (host === undefined && unreachable[name]?.greets !== true) return recover(name);
  if (host?.swarm === "") return ADVICE.startEngine(name);
  if (host?.swarm !== "active") return ADVICE.upJoinsAgain(up);
  return ADVICE.freeSwarmPort(name, PORTS.swarmControl);
}
