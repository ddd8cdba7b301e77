import type { Properties } from "../provider/resource-type.ts";
import { token } from "../aws/ec2/tokens.ts";
import { run } from "./namespaces.ts";
import type { View } from "./view.ts";

let applied = "";

/**
 * Limits how far the metadata service's answers travel: their time to live is the instance's hop
 * limit. With a limit of 1 they reach the instance and no container in it.
 */
export async function applyHopLimits(view: View): Promise<void> {
  const rules = renderHopLimits(view);
  if (rules === applied) return;
  await run(["iptables-legacy-restore", "-w"], rules);
  applied = rules;
}

/** Renders the whole mangle table of the control plane as input for `iptables-restore`. */
export function renderHopLimits(view: View): string {
  const limits = view.members
    .filter(({ type, privateAddress }) => type === token.instance && privateAddress !== "")
    .map(({ privateAddress, record }) => {
      const options = (record.properties["metadataOptions"] ?? {}) as Properties;
      const hops = options["httpPutResponseHopLimit"];
      const ttl = typeof hops === "number" ? hops : 1;
      return `-A POSTROUTING -d ${privateAddress}/32 -p tcp --sport 80 -j TTL --ttl-set ${ttl}`;
    });
  return ["*mangle", ":POSTROUTING ACCEPT [0:0]", ...limits.sort(), "COMMIT", ""].join("\n");
}
