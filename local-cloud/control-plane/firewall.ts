import { docker, isNotFound } from "../engine/docker.ts";
import { JUMPS, renderFirewall, renderNamespaceSetup } from "./firewall-rules.ts";
import { hasNamespace, runInNamespaceOf } from "./namespaces.ts";
import type { Member, View } from "./view.ts";

/** The first process of a running container, whose network namespace is the container's. */
interface Process {
  pid: number;
  /** Milliseconds. */
  startedAt: number;
}

/** The rules that were applied last, by network namespace (container and process id). */
const applied = new Map<string, string>();
const ownStart = Date.now();
const IPTABLES = "iptables-legacy";

/**
 * Applies the view to the chains of every running member. Members whose rules are the same as
 * before are skipped, unless the member's own root has removed the jumps to them.
 */
export async function applyFirewalls(view: View, rangeOf: (vpcId: string) => string): Promise<void> {
  const running = view.members.filter((member) => member.running);
  const done = new Set<string>();
  const results = await Promise.allSettled(
    running.map(async (member) => {
      const process = await processOf(member);
      if (process === undefined) return;
      const namespace = `${member.containerId}:${process.pid}`;
      done.add(namespace);
      const vpcRange = rangeOf(member.vpcId);
      const rules = renderFirewall(member, view, vpcRange);
      const known = applied.has(namespace);
      const isSetUp = known && (await hasJumps(process.pid));
      if (isSetUp && applied.get(namespace) === rules) return;
      try {
        // An earlier control plane may have added its jumps, or a part of them may be left.
        if (!isSetUp && (known || process.startedAt < ownStart)) await removeJumps(process.pid);
        // The chains are complete before anything jumps into them, because the jumps come last.
        const text = isSetUp ? rules : rules + renderNamespaceSetup(vpcRange);
        await runInNamespaceOf(process.pid, [`${IPTABLES}-restore`, "-w", "--noflush"], text);
        applied.set(namespace, rules);
      } catch (error) {
        applied.delete(namespace);
        // The container stopped in between: its namespace is gone, and its next start applies the
        // rules again.
        if (hasNamespace(process.pid) && (await processOf(member))?.pid === process.pid) throw error;
      }
    }),
  );
  for (const namespace of applied.keys()) if (!done.has(namespace)) applied.delete(namespace);
  const failures = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  if (failures.length > 0) throw new Error(`security groups could not be applied: ${failures.join("; ")}`);
}

/** Returns true if all jumps exist. One command reads them all, because each pass asks. */
async function hasJumps(pid: number): Promise<boolean> {
  const saved = await runInNamespaceOf(pid, [`${IPTABLES}-save`]).catch(() => "");
  const lines = new Set(saved.split("\n"));
  return JUMPS.every(({ rule }) => lines.has(`-A ${rule}`));
}

/** Removes the jumps that exist, so that each exists once after it is added again. */
async function removeJumps(pid: number): Promise<void> {
  const script = JUMPS.map(({ table, rule }) => `while ${IPTABLES} -w -t ${table} -D ${rule} 2>/dev/null; do :; done`);
  await runInNamespaceOf(pid, ["sh", "-c", script.join("\n")]);
}

async function processOf(member: Member): Promise<Process | undefined> {
  try {
    const { State } = await docker.getContainer(member.containerId).inspect();
    if (!State.Running || State.Pid === 0) return undefined;
    return { pid: State.Pid, startedAt: Date.parse(State.StartedAt) };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
