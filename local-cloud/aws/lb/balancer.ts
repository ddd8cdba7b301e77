import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { INTERNET_MARGINS, SUBNET_MARGINS, withAddress } from "../../engine/addresses.ts";
import { ensureBase } from "../../engine/base.ts";
import {
  containerName,
  execIn,
  inspectContainer,
  putFiles,
  removeContainer,
  type Attachment,
  type ContainerFile,
} from "../../engine/containers.ts";
import { vpcNetworkName } from "../../engine/networks.ts";
import { recoverService, runService, type Service } from "../../engine/service-container.ts";
import type { FoundSubnet } from "../ec2/find.ts";
import { paths, renderBalancer, type BalancerConfig } from "./haproxy-config.ts";
import { renderServerState } from "./server-state.ts";
import { token } from "./tokens.ts";

/** The loaded configuration of each load balancer, by its id. An equal one is not loaded again. */
const loaded = new Map<string, string>();

/**
 * The load balancers that are being created. Their container may run before HAProxy answers in it.
 */
const starting = new Set<string>();

/** Options of a load balancer's container. */
export interface BalancerOptions {
  id: string;
  stack: string | undefined;
  dnsName: string;
  subnet: FoundSubnet;
  /** True for an address in the internet network too. */
  internetFacing: boolean;
  config: BalancerConfig;
}

/**
 * Creates a load balancer's container and waits until it answers. The caller must load changes that
 * are made meanwhile.
 *
 * @returns the address that the load balancer's DNS name resolves to.
 */
export async function runBalancer(options: BalancerOptions): Promise<string> {
  const { id, subnet, dnsName, internetFacing } = options;
  const network = vpcNetworkName(subnet.vpcId);
  starting.add(id);
  return withAddress(network, subnet.cidrBlock, SUBNET_MARGINS, undefined, async (privateAddress) => {
    const inside: Attachment = { network, address: privateAddress };
    if (!internetFacing) {
      await create(options, [{ ...inside, aliases: [dnsName] }]);
      return privateAddress;
    }
    const { internetNetwork, internetRange } = await ensureBase();
    return withAddress(internetNetwork, internetRange, INTERNET_MARGINS, undefined, async (address) => {
      await create(options, [inside, { network: internetNetwork, address, aliases: [dnsName] }]);
      return address;
    });
  }).finally(() => {
    starting.delete(id);
    loaded.delete(id);
  });
}

/**
 * Loads a configuration without closing a connection. Does nothing when it is loaded already, or
 * when the load balancer is not running.
 */
export async function updateBalancer(id: string, config: BalancerConfig): Promise<void> {
  const text = renderBalancer(config);
  if (starting.has(id) || loaded.get(id) === text) return;
  const name = containerName(id);
  if ((await inspectContainer(name))?.State.Running !== true) return;
  const state = renderServerState(await query(id, paths.admin, "show servers state"), config.groups);
  await putFiles(name, filesOf(text, state));
  const answer = await query(id, paths.master, "reload");
  if (!answer.startsWith("Success=1")) {
    throw new Error(`the load balancer ${id} refused its configuration: ${answer}`);
  }
  loaded.set(id, text);
}

/** Starts a stopped load balancer. Returns false when its container is gone. */
export async function recoverBalancer(id: string): Promise<boolean> {
  return recoverService(balancerOf(id));
}

/** Removes the container. Succeeds when it is gone already. */
export async function removeBalancer(id: string): Promise<void> {
  loaded.delete(id);
  await removeContainer(containerName(id));
}

async function create({ id, stack, config, dnsName }: BalancerOptions, attachments: Attachment[]): Promise<void> {
  await runService(balancerOf(id), {
    type: token.loadBalancer,
    stack,
    hostname: dnsName.split(".")[0] ?? "balancer",
    entrypoint: ["haproxy", "-W", "-S", paths.master, "-f", paths.configuration],
    attachments,
    files: [
      { path: paths.client, content: await readFile(resolve(import.meta.dirname, "cli.ts")) },
      ...filesOf(renderBalancer(config), renderServerState("", config.groups)),
    ],
  });
}

function filesOf(configuration: string, state: string): ContainerFile[] {
  return [
    { path: paths.configuration, content: configuration },
    { path: paths.state, content: state },
  ];
}

function balancerOf(id: string): Service {
  const answers = async () => (await execClient(id, paths.master, "show proc")).exitCode === 0;
  return { id, name: `the load balancer ${id}`, answers };
}

/** Returns HAProxy's answer to a command on one of its sockets. */
async function query(id: string, socket: string, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await execClient(id, socket, command);
  if (exitCode !== 0) throw new Error(`the load balancer ${id} does not answer "${command}": ${stderr.trim()}`);
  return stdout;
}

function execClient(id: string, socket: string, command: string) {
  return execIn(containerName(id), ["node", paths.client, socket, command]);
}
