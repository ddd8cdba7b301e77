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

/** Seconds that an instance has to shut down before it is killed. */
const SHUTDOWN_SECONDS = 3;

/**
 * The exit code of an instance that powered itself off (images/host/poweroff.conf). Any other end
 * is a reboot or a crash, after which the instance starts again.
 */
export const POWER_OFF_EXIT_CODE = 64;

/** The address of an instance in its subnet, and its public address if it has one. */
export interface InstanceAddresses {
  privateIp: string;
  publicIp?: string;
}

/** Options of an instance's container. */
export interface InstanceOptions {
  id: string;
  stack: string | undefined;
  containerImage: string;
  type: InstanceType;
  subnet: FoundSubnet;
}

/** Returns the host name that EC2 derives from the private address: "ip-10-0-1-5". */
export function hostNameOf(privateIp: string): string {
  return `ip-${privateIp.replaceAll(".", "-")}`;
}

/** Returns the domain of private host names. us-east-1 has its own. */
export function privateDomain(): string {
  return region() === "us-east-1" ? "ec2.internal" : `${region()}.compute.internal`;
}

/**
 * Returns the DNS name of a public address:
 * "ec2-198-18-0-5.ap-northeast-2.compute.amazonaws.com".
 */
export function publicNameOf(publicIp: string): string {
  const domain = region() === "us-east-1" ? "compute-1.amazonaws.com" : `${region()}.compute.amazonaws.com`;
  return `ec2-${publicIp.replaceAll(".", "-")}.${domain}`;
}

/** Reserves addresses for a new instance while `use` runs, so that no other instance gets them. */
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

/**
 * Creates and starts the instance's container. Its boot waits until the control plane has applied
 * its security groups.
 */
export async function createInstance(
  options: InstanceOptions,
  { privateIp, publicIp }: InstanceAddresses,
): Promise<void> {
  const { id, stack, subnet } = options;
  const { certificate, internetNetwork } = await ensureBase();
  const vpcNetwork = vpcNetworkName(subnet.vpcId);
  const network = await inspectNetwork(vpcNetwork);
  if (network === undefined) throw new Error(`the network of ${subnet.vpcId} is gone: run \`pulumi refresh\``);
  const hostName = hostNameOf(privateIp);
  const disk = await createDataVolume(token.instance, id, "docker", stack);
  await createContainer({
    type: token.instance,
    id,
    ...(stack === undefined ? {} : { stack }),
    image: options.containerImage,
    hostname: hostName,
    console: true,
    environment: { LOCAL_CLOUD_NAMESERVER: addressAt(rangeOf(network), 2), LOCAL_CLOUD_DOMAIN: privateDomain() },
    attachments: [
      {
        network: vpcNetwork,
        address: privateIp,
        // Inside its VPC, an instance's public name resolves to its private address, as on AWS.
        aliases: [
          hostName,
          `${hostName}.${privateDomain()}`,
          ...(publicIp === undefined ? [] : [publicNameOf(publicIp)]),
        ],
      },
      ...(publicIp === undefined ? [] : [{ network: internetNetwork, address: publicIp }]),
    ],
    files: [{ path: "/usr/local/share/ca-certificates/local-cloud.crt", content: certificate }],
    host: hostConfig(options.type, disk),
  });
}

/** Applies the memory and CPU share of another type to a stopped instance. */
export async function resizeInstance(id: string, type: InstanceType): Promise<void> {
  const { Memory, MemorySwap, CpuShares } = resourceLimits(type);
  await containerOf(id).update({ Memory, MemorySwap, CpuShares });
}

export async function startInstance(id: string): Promise<void> {
  await startContainer(containerName(id));
}

export async function stopInstance(id: string): Promise<void> {
  await stopContainer(containerName(id), SHUTDOWN_SECONDS);
}

/** Returns the state of the instance's container, or undefined when the container is gone. */
export async function instanceStateOf(id: string): Promise<"running" | "stopped" | undefined> {
  const found = await inspectContainer(containerName(id));
  if (found === undefined) return undefined;
  return found.State.Running ? "running" : "stopped";
}

/**
 * Returns an instance that has both its record and its container, or undefined when one of them is
 * gone.
 */
export async function findInstance(
  id: string,
): Promise<{ properties: Properties; instanceState: "running" | "stopped" } | undefined> {
  const record = await getRecord(token.instance, id);
  const instanceState = await instanceStateOf(id);
  return record && instanceState && { properties: record.properties, instanceState };
}

/** Returns the last 20 lines of the instance's console. */
export async function consoleTail(id: string): Promise<string> {
  return logsTail(containerName(id), 20);
}

/** Removes the container and its volumes. Succeeds when they are gone already. */
export async function removeInstance(id: string, graceful: boolean): Promise<void> {
  if (graceful && (await instanceStateOf(id)) === "running") await stopInstance(id);
  await removeContainer(containerName(id));
  await removeDataVolumes(token.instance, id);
}

function resourceLimits(type: InstanceType): Required<Pick<Docker.HostConfig, "Memory" | "MemorySwap" | "CpuShares">> {
  const bytes = type.memory * 1024 * 1024;
  // MemorySwap is the sum of memory and swap: an instance has no swap.
  return { Memory: bytes, MemorySwap: bytes, CpuShares: type.vcpus * 1024 };
}

/**
 * Capabilities for a Docker engine, a firewall and a clock of the instance's own: mounts, networks,
 * and the namespaces of containers of any user.
 */
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
 * Returns the container settings that let an instance run its own Docker engine.
 *
 * - Capabilities beyond Docker's defaults. `--privileged` and `ALL` also ask for SYS_RESOURCE,
 *   which many machines lack, and fail there.
 * - A cgroup namespace, so that the instance's containers count as its own memory.
 * - Writable kernel settings.
 * - A volume as disk, because an overlay file system can't lie on another one.
 */
function hostConfig(type: InstanceType, disk: string): Docker.HostConfig & { CgroupnsMode: "private" } {
  return {
    ...resourceLimits(type),
    CapAdd: [...CAPABILITIES],
    SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    CgroupnsMode: "private",
    MaskedPaths: [],
    ReadonlyPaths: [],
    Tmpfs: { "/run": "" },
    Binds: [`${disk}:/var/lib/docker`],
    // Docker restarts a running instance after a restart of the machine or its engine. A stopped
    // instance stays stopped.
    RestartPolicy: { Name: "unless-stopped" },
  };
}
