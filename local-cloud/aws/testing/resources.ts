import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { containerName, execIn, logsTail, type ExecResult } from "../../engine/containers.ts";
import { waitUntil } from "../../engine/wait-until.ts";
import type { OperationContext, Properties, ResourceType } from "../../provider/resource-type.ts";
import { token } from "../ec2/tokens.ts";
import { aws } from "../package.ts";

/** Milliseconds that a host may take to boot on a busy machine. */
export const BOOT_TIME = 180_000;

/** A resource that a test has made. */
export interface Made {
  id: string;
  outputs: Properties;
}

/** Returns the resource type with that token. */
export function typeOf(name: string): ResourceType {
  const type = aws.resources.find((one) => one.token === name);
  assert.ok(type);
  return type;
}

/** Returns the context of an operation on a resource of stack `test`. */
export function contextOf(name: string): OperationContext {
  return {
    urn: `urn:pulumi:test::hosts::${name}::one`,
    name: "one",
    randomSuffix: (length: number) => "0".repeat(length),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
}

/** Resources that a test makes through their types, and removes at its end. */
export class Resources {
  readonly #made: (Made & { type: ResourceType })[] = [];

  async make(name: string, inputs: Properties): Promise<Made> {
    const type = typeOf(name);
    const created = await type.create(type.inputs.parse(inputs), contextOf(name));
    this.#made.push({ type, ...created });
    return created;
  }

  async remove(id: string): Promise<void> {
    const index = this.#made.findIndex((one) => one.id === id);
    const [found] = this.#made.splice(index, 1);
    await found?.type.delete(id, found.outputs, contextOf(found.type.token));
  }

  /** Removes all resources, the latest first. */
  async removeAll(): Promise<void> {
    for (const { id } of this.#made.toReversed()) await this.remove(id);
  }

  /**
   * Makes a VPC with one public subnet, and a group that lets everybody use SSH and nobody connect
   * out.
   *
   * @param range The VPC's range, a /16. The subnet is its second /24.
   * @returns The inputs of an instance in it.
   */
  async makeNetwork(range: string): Promise<Properties> {
    const vpc = (await this.make(token.vpc, { cidrBlock: range })).id;
    const gateway = await this.make(token.internetGateway, { vpcId: vpc });
    const cidrBlock = range.replace(/\.0\.0\/16$/, ".1.0/24");
    const subnet = await this.make(token.subnet, { vpcId: vpc, cidrBlock, mapPublicIpOnLaunch: true });
    const table = await this.make(token.routeTable, { vpcId: vpc });
    await this.make(token.routeTableAssociation, { routeTableId: table.id, subnetId: subnet.id });
    await this.make(token.route, {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    const group = await this.make(token.securityGroup, { vpcId: vpc, name: "host" });
    await this.make(token.ingressRule, {
      securityGroupId: group.id,
      ipProtocol: "tcp",
      fromPort: 22,
      toPort: 22,
      cidrIpv4: "0.0.0.0/0",
    });
    const publicKey = openSshKey(generateKeyPairSync("ed25519").publicKey);
    const key = await this.make(token.keyPair, { keyName: "operator", publicKey });
    return {
      ami: "ami-0d13d13d13d13d130",
      instanceType: "t3.micro",
      subnetId: subnet.id,
      vpcSecurityGroupIds: [group.id],
      keyName: key.id,
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    };
  }
}

/** Waits until cloud-init has finished on an instance, after the user data. */
export async function booted({ id }: Made): Promise<void> {
  const isUp = async () => (await shell({ id }, "test -e /var/lib/cloud/instance/boot-finished")).exitCode === 0;
  await waitUntil(isUp, { what: `${id} to boot`, timeout: BOOT_TIME }).catch(async (error: unknown) => {
    throw new Error(`its console ends with:\n${await logsTail(containerName(id), 20)}`, { cause: error });
  });
}

/** Runs a script as root on an instance. */
export async function shell({ id }: Pick<Made, "id">, script: string): Promise<ExecResult> {
  return execIn(containerName(id), ["bash", "-c", script]);
}

function openSshKey(key: KeyObject): string {
  const raw = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
  const field = (data: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]).toString("base64")} test`;
}
