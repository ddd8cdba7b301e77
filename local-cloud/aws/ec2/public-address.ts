import { INTERNET_MARGINS, withAddress } from "../../engine/addresses.ts";
import { ensureBase } from "../../engine/base.ts";
import { connect, containerName, disconnect } from "../../engine/containers.ts";
import { changeRecord, listRecords } from "../../engine/records.ts";
import { publicNameOf } from "./instance-container.ts";
import { token } from "./tokens.ts";

/** Returns true if an Elastic IP address is associated with an instance. */
export async function hasElasticAddress(instanceId: string): Promise<boolean> {
  return (await listRecords(token.elasticIp)).some(({ properties }) => properties["instance"] === instanceId);
}

/**
 * Gives an instance another public address of EC2's pool, as a start after a stop does. The
 * instance may run.
 */
export async function takeNewPublicAddress(instanceId: string): Promise<void> {
  const { internetNetwork, internetRange } = await ensureBase();
  // The container still holds its old address, so this is another one.
  await withAddress(internetNetwork, internetRange, INTERNET_MARGINS, undefined, (address) =>
    setPublicAddress(instanceId, address),
  );
}

/** Gives an instance this public address in place of its own one. The instance may run. */
export async function setPublicAddress(instanceId: string, address: string): Promise<void> {
  const { internetNetwork } = await ensureBase();
  const name = containerName(instanceId);
  await disconnect(name, internetNetwork);
  await connect(name, { network: internetNetwork, address });
  await changeRecord(token.instance, instanceId, (present) => ({
    ...present,
    associatePublicIpAddress: true,
    publicIp: address,
    ...(present["publicDns"] === "" ? {} : { publicDns: publicNameOf(address) }),
  }));
}
