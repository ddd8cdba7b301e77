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

/** The texts that running balancers have, by their ids: what is the same is not loaded again. */
const loaded = new Map<string, string>();

/** The balancers that are being made: their container may run before HAProxy answers in it. */
const starting = new Set<string>();

/** What a load balancer's container is made from. */
export interface BalancerOptions {
  id: string;
  stack: string | undefined;
  dnsName: string;
  subnet: FoundSubnet;
  /** Whether it has an address in the internet network. */
  internetFacing: boolean;
  config: BalancerConfig;
}

/**
 * Makes a load balancer's container; returns when it answers, with the address that its DNS name stands for. What is to be loaded
 * meanwhile is left to its caller.
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

/** Loads another configuration without dropping a connection. */
export async function updateBalancer(id: string, config: BalancerConfig): Promise<void> {
  const text = renderBalancer(config);
  if (starting.has(id) || loaded.get(id) === text) return;
  const name = containerName(id);
  if ((await inspectContainer(name))?.State.Running !== true) return;
  const state = renderServerState(await ask(id, paths.admin, "show servers state"), config.groups);
  await putFiles(name, filesOf(text, state));
  const answer = await ask(id, paths.master, "reload");
  if (!answer.startsWith("Success=1")) {
    throw new Error(`the load balancer ${id} did not take its configuration: ${answer}`);
  }
  loaded.set(id, text);
}

/** Starts the balancer when it was stopped outside; false when it is gone. */
export async function recoverBalancer(id: string): Promise<boolean> {
  return recoverService(balancerOf(id));
}

/** Removes the container; what is gone already is a success. */
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
  const answers = async () => (await tell(id, paths.master, "show proc")).exitCode === 0;
  return { id, name: `the load balancer ${id}`, answers };
}

async function ask(id: string, socket: string, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tell(id, socket, command);
  if (exitCode !== 0) throw new Error(`the load balancer ${id} does not answer "${command}": ${stderr.trim()}`);
  return stdout;
}

function tell(id: string, socket: string, command: string) {
  return execIn(containerName(id), ["node", paths.client, socket, command]);
}
