import type Docker from "dockerode";
import { region } from "../../engine/account.ts";
import { SUBNET_MARGINS, INTERNET_MARGINS, withAddress } from "../../engine/addresses.ts";
import { ensureBase } from "../../engine/base.ts";
import { addressAt } from "../../engine/cidr.ts";
import {
  containerName,
  containerOf,
  createContainer,
  createDataVolume,
  inspectContainer,
  logsTail,
  removeContainer,
  removeDataVolumes,
  startContainer,
  stopContainer,
} from "../../engine/containers.ts";
import { inspectNetwork, rangeOf, vpcNetworkName } from "../../engine/networks.ts";
import { getRecord } from "../../engine/records.ts";
import type { Properties } from "../../provider/resource-type.ts";
import type { FoundSubnet } from "./find.ts";
import type { InstanceType } from "./instance-types.ts";
import { token } from "./tokens.ts";

/** Seconds that an instance gets to shut down before it is killed. */
const SHUTDOWN_SECONDS = 3;

/** Where an instance is reached: its address in the subnet, and its public one if it has one. */
export interface InstanceAddresses {
  privateIp: string;
  publicIp?: string;
}

/** What the container of an instance is made from. */
export interface InstanceBody {
  id: string;
  stack: string | undefined;
  containerImage: string;
  type: InstanceType;
  subnet: FoundSubnet;
}

/** "ip-10-0-1-5": the host name that EC2 derives from the private address. */
export function hostNameOf(privateIp: string): string {
  return `ip-${privateIp.replaceAll(".", "-")}`;
}

/** The domain of private names: us-east-1 has one of its own. */
export function privateDomain(): string {
  return region() === "us-east-1" ? "ec2.internal" : `${region()}.compute.internal`;
}

/** "ec2-198-18-0-5.ap-northeast-2.compute.amazonaws.com": the public name of a public address. */
export function publicNameOf(publicIp: string): string {
  const domain = region() === "us-east-1" ? "compute-1.amazonaws.com" : `${region()}.compute.amazonaws.com`;
  return `ec2-${publicIp.replaceAll(".", "-")}.${domain}`;
}

/** Runs `use` with addresses for a new instance, which nobody else gets in the meantime. */
export async function withInstanceAddresses<T>(
  subnet: FoundSubnet,
  privateIp: string | undefined,
  isPublic: boolean,
  use: (addresses: InstanceAddresses) => Promise<T>,
): Promise<T> {
  const network = vpcNetworkName(subnet.vpcId);
  return withAddress(network, subnet.cidrBlock, SUBNET_MARGINS, privateIp, async (inSubnet) => {
    if (!isPublic) return use({ privateIp: inSubnet });
    const { internetNetwork, internetRange } = await ensureBase();
    return withAddress(internetNetwork, internetRange, INTERNET_MARGINS, undefined, (publicIp) =>
      use({ privateIp: inSubnet, publicIp }),
    );
  });
}

/** Makes the instance's container and starts it. Its boot script waits until the control plane has applied its security groups. */
export async function createBody(body: InstanceBody, { privateIp, publicIp }: InstanceAddresses): Promise<void> {
  const { id, stack, subnet } = body;
  const { certificate, internetNetwork } = await ensureBase();
  const vpcNetwork = vpcNetworkName(subnet.vpcId);
  const network = await inspectNetwork(vpcNetwork);
  if (network === undefined) throw new Error(`the network of ${subnet.vpcId} is gone: run a refresh`);
  const hostName = hostNameOf(privateIp);
  const disk = await createDataVolume(token.instance, id, "docker", stack);
  await createContainer({
    type: token.instance,
    id,
    ...(stack === undefined ? {} : { stack }),
    image: body.containerImage,
    hostname: hostName,
    environment: { LOCAL_CLOUD_NAMESERVER: addressAt(rangeOf(network), 2), LOCAL_CLOUD_DOMAIN: privateDomain() },
    attachments: [
      {
        network: vpcNetwork,
        address: privateIp,
        // Inside its VPC, the public name of an instance resolves to its private address, as on AWS.
        aliases: [
          hostName,
          `${hostName}.${privateDomain()}`,
          ...(publicIp === undefined ? [] : [publicNameOf(publicIp)]),
        ],
      },
      ...(publicIp === undefined ? [] : [{ network: internetNetwork, address: publicIp }]),
    ],
    files: [{ path: "/usr/local/share/ca-certificates/local-cloud.crt", content: certificate }],
    host: hostConfig(body.type, disk),
  });
}

/** Gives a stopped instance another type. */
export async function resizeBody(id: string, type: InstanceType): Promise<void> {
  const { Memory, MemorySwap, CpuShares } = limits(type);
  await containerOf(id).update({ Memory, MemorySwap, CpuShares });
}

export async function startBody(id: string): Promise<void> {
  await startContainer(containerName(id));
}

export async function stopBody(id: string): Promise<void> {
  await stopContainer(containerName(id), SHUTDOWN_SECONDS);
}

/** "running", "stopped" or, when the container is gone, undefined. */
export async function stateOfBody(id: string): Promise<"running" | "stopped" | undefined> {
  const found = await inspectContainer(containerName(id));
  if (found === undefined) return undefined;
  return found.State.Running ? "running" : "stopped";
}

/** An instance as it is: both its record and its container, or undefined when either was removed outside. */
export async function findInstance(
  id: string,
): Promise<{ properties: Properties; instanceState: "running" | "stopped" } | undefined> {
  const record = await getRecord(token.instance, id);
  const instanceState = await stateOfBody(id);
  return record && instanceState && { properties: record.properties, instanceState };
}

/** The last lines of the instance's console. */
export async function consoleTail(id: string): Promise<string> {
  return logsTail(containerName(id), 20);
}

/** Removes the container and its volumes; what is gone already is a success. */
export async function removeBody(id: string, graceful: boolean): Promise<void> {
  if (graceful && (await stateOfBody(id)) === "running") await stopBody(id);
  await removeContainer(containerName(id));
  await removeDataVolumes(token.instance, id);
}

function limits(type: InstanceType): Required<Pick<Docker.HostConfig, "Memory" | "MemorySwap" | "CpuShares">> {
  const bytes = type.memory * 1024 * 1024;
  // Memory and swap in one figure: an instance has no swap.
  return { Memory: bytes, MemorySwap: bytes, CpuShares: type.vcpus * 1024 };
}

/** For an engine, a firewall and a clock of its own: mounts, networks, and the namespaces of containers of any user. */
const CAPABILITIES = [
  "DAC_READ_SEARCH",
  "IPC_LOCK",
  "NET_ADMIN",
  "SYS_ADMIN",
  "SYS_NICE",
  "SYS_PTRACE",
  "SYS_TIME",
  "SYSLOG",
] as const;

/**
 * What an instance needs to run an engine of its own: capabilities beyond Docker's default ones (`--privileged` and `ALL` would ask for
 * SYS_RESOURCE as well, which many machines lack, and then fail), a cgroup namespace so that its containers count as its own memory, and its
 * kernel settings writable. Its disk is a volume, because one overlay file system can't stand on another.
 */
function hostConfig(type: InstanceType, disk: string): Docker.HostConfig & { CgroupnsMode: "private" } {
  return {
    ...limits(type),
    CapAdd: [...CAPABILITIES],
    SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    CgroupnsMode: "private",
    MaskedPaths: [],
    ReadonlyPaths: [],
    Tmpfs: { "/run": "" },
    Binds: [`${disk}:/var/lib/docker`],
    // An instance whose machine or engine was restarted comes back; one that was stopped stays so.
    RestartPolicy: { Name: "unless-stopped" },
  };
}
