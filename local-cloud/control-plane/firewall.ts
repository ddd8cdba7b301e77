import { docker, isNotFound } from "../engine/docker.ts";
import { JUMPS, renderFirewall, renderFirst } from "./firewall-rules.ts";
import { runInNamespaceOf } from "./namespaces.ts";
import type { Member, View } from "./view.ts";

/** What was last applied, by network namespace (a container's process). */
const applied = new Map<string, string>();
const IPTABLES = "iptables-legacy";

/** Brings the chains of every running member in line with the view. What is in line already costs nothing. */
export async function applyFirewalls(view: View, rangeOf: (vpcId: string) => string): Promise<void> {
  const running = view.members.filter((member) => member.running);
  const done = new Set<string>();
  await Promise.all(
    running.map(async (member) => {
      const pid = await pidOf(member);
      if (pid === undefined) return;
      const namespace = `${member.containerId}:${pid}`;
      done.add(namespace);
      const vpcRange = rangeOf(member.vpcId);
      const rules = renderFirewall(member, view, vpcRange);
      if (applied.get(namespace) === rules) return;
      try {
        await apply(pid, rules, vpcRange, !applied.has(namespace));
        applied.set(namespace, rules);
      } catch (error) {
        applied.delete(namespace);
        // It stopped in between: its namespace is gone, and its next start brings the rules anew.
        if ((await pidOf(member)) === pid) throw error;
      }
    }),
  );
  for (const namespace of applied.keys()) if (!done.has(namespace)) applied.delete(namespace);
}

async function apply(pid: number, rules: string, vpcRange: string, first: boolean): Promise<void> {
  if (first) await removeJumps(pid);
  // The chains are whole before anything jumps into them, and the jumps come last.
  const text = first ? rules + renderFirst(vpcRange) : rules;
  await runInNamespaceOf(pid, [`${IPTABLES}-restore`, "--noflush"], text);
}

/** An earlier control plane may have put its jumps into this namespace: there must be one of each. */
async function removeJumps(pid: number): Promise<void> {
  const script = JUMPS.map(({ table, rule }) => `while ${IPTABLES} -t ${table} -D ${rule} 2>/dev/null; do :; done`);
  await runInNamespaceOf(pid, ["sh", "-c", script.join("\n")]);
}

async function pidOf(member: Member): Promise<number | undefined> {
  try {
    const { State } = await docker.getContainer(member.containerId).inspect();
    return State.Running && State.Pid > 0 ? State.Pid : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
