import { Mutex } from "async-mutex";
import { z } from "zod";
import type { Properties, ResourceType } from "../../provider/resource-type.ts";
import { arn, region, stackOf } from "../../engine/account.ts";
import { chooseAddress, ELASTIC_MARGINS } from "../../engine/addresses.ts";
import { collectGarbage, ensureBase } from "../../engine/base.ts";
import { formatAddress, parseAddress } from "../../engine/cidr.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { createRecord, deleteRecord, getRecord, listRecords, updateRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { commonOutputs, defined, idInput, refused, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId } from "../record-resource.ts";
import { textOf } from "./find.ts";
import { findInstance, publicNameOf } from "./instance-container.ts";
import { setPublicAddress, takeNewPublicAddress } from "./public-address.ts";
import { token } from "./tokens.ts";

/** Quota L-0263D0A3 of a new account: Elastic IP addresses in a region. */
const QUOTA = 5;
const noPools = "its addresses come from one pool";

const inputs = z.strictObject({
  address: refused(noPools),
  associateWithPrivateIp: refused("its instances have one private address each"),
  customerOwnedIpv4Pool: refused(noPools),
  domain: z.literal("vpc", { error: 'must be "vpc": EC2-Classic is gone' }).optional(),
  instance: idInput("i").optional(),
  ipamPoolId: refused(noPools),
  networkBorderGroup: refused("it has no Local Zones"),
  networkInterface: refused("it has no network interfaces of their own: name the instance"),
  publicIpv4Pool: refused(noPools),
  region: regionInput,
  tags: tagsInput,
});
type ElasticIpInputs = z.infer<typeof inputs>;

/** Guards the choice of an address until its record exists. */
const allocation = new Mutex();

/**
 * An Elastic IP address. While it is associated with an instance, it replaces the instance's own
 * public address, also over a stop and a start.
 */
export const elasticIp: ResourceType<ElasticIpInputs> = {
  token: token.elasticIp,
  inputs,
  replaceOn: ["domain", "region"],
  unstableOutputs: ["associationId", "privateIp", "privateDns", "tagsAll"],

  async create(given, context) {
    const id = newResourceId("eipalloc");
    const allocated = await allocation.runExclusive(async () => {
      const outputs = outputsOf(id, given, await freeAddress());
      await createRecord(token.elasticIp, id, outputs, stackOf(context.urn));
      return outputs;
    });
    try {
      return { id, outputs: await associate(id, given, allocated) };
    } catch (error) {
      await deleteRecord(token.elasticIp, id);
      throw error;
    }
  },

  async read(id) {
    const record = await getRecord(token.elasticIp, id);
    if (record === undefined) return undefined;
    const { properties } = record;
    const associated = await findInstance(textOf(properties, "instance"));
    return { outputs: associated === undefined ? { ...properties, ...unassociated } : properties };
  },

  async update(id, olds, given) {
    const present = (await getRecord(token.elasticIp, id))?.properties ?? olds;
    const former = textOf(present, "instance");
    if (former !== (given.instance ?? "")) await disassociate(former);
    return associate(id, given, outputsOf(id, given, textOf(present, "publicIp")));
  },

  async delete(id) {
    const record = await getRecord(token.elasticIp, id);
    if (record !== undefined) {
      await deleteRecord(token.elasticIp, id);
      await disassociate(textOf(record.properties, "instance"));
    }
    await collectGarbage();
  },
};

async function freeAddress(): Promise<string> {
  const { internetRange } = await ensureBase();
  const held = (await listRecords(token.elasticIp)).map(({ properties }) => textOf(properties, "publicIp"));
  if (held.length >= QUOTA)
    throw new ApiError("AddressLimitExceeded", `the maximum number of addresses has been reached: ${QUOTA}`);
  const used = new Set(held.map((address) => parseAddress(address) ?? 0));
  return formatAddress(chooseAddress(internetRange, ELASTIC_MARGINS, used));
}

/** Records the address, and gives it to its instance if it has one. Returns the outputs. */
async function associate(id: string, { instance }: ElasticIpInputs, outputs: Properties): Promise<Properties> {
  if (instance === undefined) {
    await updateRecord(token.elasticIp, id, outputs);
    return outputs;
  }
  const found = await findInstance(instance);
  if (found === undefined)
    throw new ApiError("InvalidInstanceID.NotFound", `the instance ID '${instance}' does not exist`);
  const { properties } = found;
  const associated = {
    ...outputs,
    instance,
    associationId: id.replace("eipalloc-", "eipassoc-"),
    networkInterface: instance.replace("i-", "eni-"),
    privateIp: textOf(properties, "privateIp"),
    privateDns: textOf(properties, "privateDns"),
  };
  await updateRecord(token.elasticIp, id, associated);
  const address = textOf(outputs, "publicIp");
  if (properties["publicIp"] !== address) {
    await setPublicAddress(instance, address);
    await reconcile();
  }
  return associated;
}

/** Gives an instance a public address of EC2's pool again. Does nothing for one that is gone. */
async function disassociate(instance: string): Promise<void> {
  if (instance === "" || (await findInstance(instance)) === undefined) return;
  await takeNewPublicAddress(instance);
  await reconcile();
}

/** Returns the outputs of an address that no instance has. */
function outputsOf(id: string, given: ElasticIpInputs, publicIp: string): Properties {
  return {
    ...defined(given),
    ...commonOutputs(given),
    ...unassociated,
    allocationId: id,
    arn: arn("ec2", `elastic-ip/${id}`),
    carrierIp: "",
    customerOwnedIp: "",
    customerOwnedIpv4Pool: "",
    domain: "vpc",
    networkBorderGroup: region(),
    ptrRecord: "",
    publicDns: publicNameOf(publicIp),
    publicIp,
    publicIpv4Pool: "amazon",
  };
}

const unassociated = { instance: "", associationId: "", networkInterface: "", privateIp: "", privateDns: "" };
