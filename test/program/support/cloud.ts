import { secret } from "@pulumi/pulumi";
import { instanceMemoryMib } from "../../../infra/config/instance-types.ts";

/** Returns the outputs that the fake cloud adds to a resource's inputs. */
export function fakeOutputs(type: string, name: string): Record<string, unknown> {
  return outputs[type]?.(name) ?? {};
}

const arn = (service: string) => (name: string) => ({ arn: `arn:aws:${service}:ap-northeast-2:123456789012:${name}` });

const outputs: Record<string, (name: string) => Record<string, unknown>> = {
  "aws:ec2/instance:Instance": (name) => ({ privateIp: `private-ip-of-${name}`, publicIp: `public-ip-of-${name}` }),
  "aws:ec2/eip:Eip": (name) => ({ publicIp: `elastic-ip-of-${name}` }),
  "aws:ssm/parameter:Parameter": arn("ssm"),
  "aws:ecr/repository:Repository": (name) => ({
    ...arn("ecr")(name),
    name,
    repositoryUrl: `123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/${name}`,
  }),
  "aws:iam/role:Role": (name) => ({ name }),
  "aws:iam/instanceProfile:InstanceProfile": (name) => ({ name }),
  "aws:rds/instance:Instance": () => ({ address: "database.example", endpoint: "database.example:5432" }),
  "aws:lb/loadBalancer:LoadBalancer": (name) => ({ ...arn("elasticloadbalancing")(name), dnsName: "api.example" }),
  "aws:lb/targetGroup:TargetGroup": arn("elasticloadbalancing"),
  "docker:index/image:Image": (name) => ({
    repoDigest: `123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/${name}@sha256:${"0".repeat(64)}`,
  }),
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyOpenssh: secret(`PRIVATE-KEY-${name}`),
    publicKeyOpenssh: `ssh-ed25519 PUBLIC-KEY-${name}\n`,
  }),
  "random:index/randomPassword:RandomPassword": () => ({ result: secret("DATABASE-PASSWORD") }),
  "random:index/randomId:RandomId": () => ({ hex: "0a1b2c3d" }),
  "command:remote:Command": (name) => ({
    stdout: /^swarm-(manager-)?token$/.test(name) ? secret("JOIN-TOKEN") : `result-of-${name}`,
    stderr: "",
  }),
};

/** Two zones offer every type. */
const offerings = Object.keys(instanceMemoryMib).flatMap((type) =>
  ["ap-northeast-2a", "ap-northeast-2b"].map((zone) => ({ type, zone })),
);

/** Answers of the mocked functions, by token. */
export const answers: Record<string, Record<string, unknown>> = {
  "aws:index/getRegion:getRegion": { region: "ap-northeast-2" },
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
  "aws:index/getAvailabilityZones:getAvailabilityZones": {
    names: ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"],
  },
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": {
    instanceTypes: offerings.map(({ type }) => type),
    locations: offerings.map(({ zone }) => zone),
  },
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": { userName: "AWS", password: "REGISTRY-PASSWORD" },
  "command:local:run": { stdout: "", stderr: "" },
};
