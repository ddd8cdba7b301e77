import { networkInterfaces } from "node:os";
import type { Properties } from "../provider/resource-type.ts";
import { token } from "../aws/ec2/tokens.ts";
import { run } from "./namespaces.ts";
import type { View } from "./view.ts";

export const METADATA_ADDRESS = "169.254.169.254";

let applied = "";

/**
 * Gives the metadata service's address to this container's interface in each VPC, and limits how far its answers go: they leave with
 * the time to live that the instance's hop limit says, so that with 1 they reach the instance, and no container behind it.
 */
export async function applyMetadataAddress(view: View, ownAddresses: readonly string[]): Promise<void> {
  for (const [device, addresses = []] of Object.entries(networkInterfaces())) {
    const inVpc = addresses.some(({ address }) => ownAddresses.includes(address));
    const has = addresses.some(({ address }) => address === METADATA_ADDRESS);
    if (inVpc && !has) await run(["ip", "address", "replace", `${METADATA_ADDRESS}/32`, "dev", device]);
  }
  const rules = renderHopLimits(view);
  if (rules === applied) return;
  await run(["iptables-legacy-restore"], rules);
  applied = rules;
}

/** The mangle table of this container, whole, as input for `iptables-restore`. */
export function renderHopLimits(view: View): string {
  const limits = view.members
    .filter(({ type, privateAddress }) => type === token.instance && privateAddress !== "")
    .map(({ privateAddress, record }) => {
      const options = (record.properties["metadataOptions"] ?? {}) as Properties;
      const hops = options["httpPutResponseHopLimit"];
      return `-A POSTROUTING -s ${METADATA_ADDRESS}/32 -d ${privateAddress}/32 -j TTL --ttl-set ${typeof hops === "number" ? hops : 1}`;
    });
  return ["*mangle", ":POSTROUTING ACCEPT [0:0]", ...limits.sort(), "COMMIT", ""].join("\n");
}
