import { createHash } from "node:crypto";
import { token as ec2 } from "../aws/ec2/tokens.ts";
import { registryHost } from "../aws/ecr/registry.ts";
import { token as ecr } from "../aws/ecr/tokens.ts";
import { token as iam } from "../aws/iam/tokens.ts";
import { token as lb } from "../aws/lb/tokens.ts";
import { token as rds } from "../aws/rds/tokens.ts";
import { token as ssm } from "../aws/ssm/tokens.ts";
import { arn, region } from "../engine/account.ts";
import type { Created, Properties } from "../provider/resource-type.ts";
import { formsOf } from "../stand-ins/random/random-id.ts";
import { repositoryOf } from "../stand-ins/docker/reference.ts";
import { privateAddress, publicAddress, publicKey, secret } from "./synthetic-values.ts";

/** A resource of a dry run: its inputs, and 64 digits that depend only on them and its URN. */
interface Target {
  inputs: Properties;
  seed: string;
  /** Its present id, if it exists. An update keeps it. */
  id: string | undefined;
}

type Predict = (target: Target) => Created;

const text = (inputs: Properties, name: string): string => {
  const value = inputs[name];
  return typeof value === "string" ? value : "";
};

/**
 * Predicts a resource of EC2: an id such as "vpc-0123456789abcdef0", and outputs derived from it.
 */
const numbered =
  (prefix: string, outputs: (id: string, target: Target) => Properties = () => ({})): Predict =>
  (target) => {
    const id = target.id ?? `${prefix}-${target.seed.slice(0, 17)}`;
    return { id, outputs: outputs(id, target) };
  };

/** Predicts a resource whose id is its name. */
const named =
  (property: string, outputs: (name: string, target: Target) => Properties): Predict =>
  (target) => {
    const name = target.id ?? text(target.inputs, property);
    return { id: name, outputs: { [property]: name, ...outputs(name, target) } };
  };

/** Predicts a resource of Elastic Load Balancing, whose id is its ARN. */
const balancing =
  (kind: string, outputs: (target: Target) => Properties): Predict =>
  (target) => {
    const id =
      target.id ?? arn("elasticloadbalancing", `${kind}/${text(target.inputs, "name")}/${target.seed.slice(0, 16)}`);
    return { id, outputs: { arn: id, ...outputs(target) } };
  };

/** Predicts the output of a command. Any change of its inputs may change it. */
const printed: Predict = ({ id, seed }) => ({
  id: id ?? seed.slice(0, 8),
  outputs: { stdout: seed.slice(0, 25), stderr: "" },
});

const randomText: Predict = ({ id, seed }) => ({ id: id ?? "none", outputs: { result: secret(seed) } });

/**
 * Predicts the outputs of each resource type: ids, names, addresses and digests that look like real
 * ones and depend only on the resource's URN and inputs. It has only outputs that a program can use
 * as inputs of other resources.
 */
export const predictions: Readonly<Record<string, Predict>> = {
  [ec2.vpc]: numbered("vpc", (id) => ({ arn: arn("ec2", `vpc/${id}`) })),
  [ec2.subnet]: numbered("subnet", (id) => ({ arn: arn("ec2", `subnet/${id}`) })),
  [ec2.internetGateway]: numbered("igw", (id) => ({ arn: arn("ec2", `internet-gateway/${id}`) })),
  [ec2.routeTable]: numbered("rtb", (id) => ({ arn: arn("ec2", `route-table/${id}`) })),
  [ec2.route]: numbered("r"),
  [ec2.routeTableAssociation]: numbered("rtbassoc"),
  [ec2.securityGroup]: numbered("sg", (id, { inputs }) => ({
    arn: arn("ec2", `security-group/${id}`),
    name: text(inputs, "name"),
  })),
  [ec2.ingressRule]: numbered("sgr"),
  [ec2.egressRule]: numbered("sgr"),
  [ec2.keyPair]: named("keyName", (name) => ({ arn: arn("ec2", `key-pair/${name}`) })),
  [ec2.instance]: numbered("i", (id, { inputs }) => ({
    arn: arn("ec2", `instance/${id}`),
    // The private address stays when the instance is updated. A change of its type stops it, and
    // the start gives it another public address.
    privateIp: privateAddress(id.slice(2)),
    publicIp: publicAddress(
      createHash("sha256")
        .update(`${id} ${text(inputs, "instanceType")}`)
        .digest("hex"),
    ),
  })),
  [ec2.elasticIp]: numbered("eipalloc", (id) => ({ publicIp: publicAddress(id.slice(9)), allocationId: id })),
  [iam.role]: named("name", (name) => ({ arn: arn("iam", `role/${name}`, "global") })),
  [iam.policy]: named("name", (name) => ({ arn: arn("iam", `policy/${name}`, "global") })),
  [iam.rolePolicy]: ({ inputs, id }) => ({ id: id ?? `${text(inputs, "role")}:${text(inputs, "name")}`, outputs: {} }),
  [iam.rolePolicyAttachment]: ({ inputs, id }) => ({
    id: id ?? `${text(inputs, "role")}/${text(inputs, "policyArn")}`,
    outputs: {},
  }),
  [iam.instanceProfile]: named("name", (name) => ({ arn: arn("iam", `instance-profile/${name}`, "global") })),
  [ssm.parameter]: named("name", (name) => ({ arn: arn("ssm", `parameter/${name.replace(/^\//, "")}`) })),
  [ecr.repository]: named("name", (name) => ({
    arn: arn("ecr", `repository/${name}`),
    repositoryUrl: `${registryHost()}/${name}`,
  })),
  [ecr.lifecyclePolicy]: ({ inputs, id }) => ({ id: id ?? text(inputs, "repository"), outputs: {} }),
  [rds.subnetGroup]: named("name", (name) => ({ arn: arn("rds", `subgrp:${name}`) })),
  [rds.parameterGroup]: named("name", (name) => ({ arn: arn("rds", `pg:${name}`) })),
  [rds.instance]: ({ inputs, seed, id: known }) => {
    const id = known ?? `db-${seed.slice(0, 26).toUpperCase()}`;
    const address = `${text(inputs, "identifier")}.${id.slice(3, 15).toLowerCase()}.${region()}.rds.amazonaws.com`;
    const port = Number(inputs["port"] ?? 5432);
    return { id, outputs: { address, port, endpoint: `${address}:${port}`, resourceId: id } };
  },
  [lb.loadBalancer]: balancing("loadbalancer/app", ({ inputs, seed, id }) => ({
    dnsName: `${text(inputs, "name")}-${(id?.split("/").at(-1) ?? seed).slice(0, 10)}.${region()}.elb.amazonaws.com`,
  })),
  [lb.targetGroup]: balancing("targetgroup", () => ({})),
  [lb.listener]: balancing("listener/app", () => ({})),
  [lb.attachment]: numbered("target"),
  "command:local:Command": printed,
  "command:remote:Command": printed,
  "command:remote:CopyToRemote": ({ id, seed }) => ({ id: id ?? seed.slice(0, 8), outputs: {} }),
  "docker:index/image:Image": ({ inputs, seed, id }) => {
    const name = text(inputs, "imageName");
    const digest = (inputs["build"] as Properties | undefined)?.["contextDigest"];
    const content = typeof digest === "string" ? digest : seed;
    return {
      id: id ?? name,
      outputs: { baseImageName: name, repoDigest: `${repositoryOf(name)}@sha256:${content}` },
    };
  },
  "random:index/randomId:RandomId": ({ inputs, seed, id }) => {
    const bytes = Buffer.from(seed, "hex").subarray(0, Number(inputs["byteLength"]));
    return { id: id ?? bytes.toString("base64url"), outputs: formsOf(bytes, text(inputs, "prefix")) };
  },
  "random:index/randomPassword:RandomPassword": randomText,
  "random:index/randomString:RandomString": randomText,
  "random:index/randomUuid:RandomUuid": ({ id, seed }) => {
    const uuid = id ?? seed.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
    return { id: uuid, outputs: { result: uuid } };
  },
  "tls:index/privateKey:PrivateKey": ({ id, seed }) => ({
    id: id ?? seed.slice(0, 40),
    outputs: {
      privateKeyPem: secret(seed),
      privateKeyPemPkcs8: secret(seed),
      privateKeyOpenssh: secret(seed),
      publicKeyOpenssh: publicKey(seed),
    },
  }),
};
