import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecret, plain, runProgram, type ProgramRun } from "./support/run-program.ts";

const run: ProgramRun = await runProgram();
const SECRETS = /PRIVATE-KEY|DATABASE-PASSWORD|JOIN-TOKEN|REGISTRY-PASSWORD/;

test("no resource has a secret in plain text", () => {
  const values = run.resources.flatMap(({ type, name, inputs }) =>
    Object.entries(inputs).map(([key, value]) => ({ where: `${type} ${name}.${key}`, value })),
  );
  assert.ok(values.some(({ value }) => isSecret(value) && SECRETS.test(JSON.stringify(plain(value)))));
  const plainOnes = values.filter(({ value }) => SECRETS.test(JSON.stringify(value)) && !holdsOnlySecrets(value));
  assert.deepEqual(
    plainOnes.map(({ where }) => where),
    [],
  );
});

test("no output contains a secret", () => {
  assert.doesNotMatch(JSON.stringify(run.outputs), SECRETS);
});

test("no user data contains a secret", () => {
  for (const name of run.names("aws:ec2/instance:Instance")) {
    const { userData } = run.resource("aws:ec2/instance:Instance", name).inputs;
    assert.equal(typeof userData, "string");
    assert.doesNotMatch(userData as string, SECRETS);
  }
});

test("the join token goes over standard input and is not logged", () => {
  const join = run.resource("command:remote:Command", "worker-1-join").inputs;
  assert.match(String(plain(join["stdin"])), /^readonly JOIN_TOKEN='JOIN-TOKEN'$/m);
  assert.equal(join["create"], "sudo bash -s -- apply");
  assert.equal(join["logging"], "none");
  assert.equal(run.resource("command:remote:Command", "swarm-token").inputs["logging"], "none");
});

test("every connection verifies the host, and workers are reached through the manager", () => {
  for (const name of run.names("command:remote:Command")) {
    const connection = plain(run.resource("command:remote:Command", name).inputs["connection"]) as Connection;
    assert.match(connection.hostKey, /^ssh-ed25519 PUBLIC-KEY-/);
    if (connection.host === "elastic-ip-of-manager") continue;
    assert.match(connection.host, /^private-ip-of-/);
    assert.equal(connection.proxy?.host, "elastic-ip-of-manager");
    assert.equal(connection.proxy.hostKey, "ssh-ed25519 PUBLIC-KEY-manager-host-key");
  }
});

test("a host may read its own keys and no other host's", () => {
  const policy = run.resource("aws:iam/rolePolicy:RolePolicy", "worker-1").inputs["policy"] as string;
  assert.match(policy, /worker-1-host-key/);
  assert.doesNotMatch(policy, /worker-2|manager|leave-key/);
});

test("instances serve metadata only with a token and not to containers, and their disks are encrypted", () => {
  for (const name of run.names("aws:ec2/instance:Instance")) {
    const { metadataOptions, rootBlockDevice } = run.resource("aws:ec2/instance:Instance", name).inputs;
    assert.deepEqual(metadataOptions, { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 });
    assert.equal((rootBlockDevice as { encrypted: boolean }).encrypted, true);
  }
});

test("the database is private and encrypted, and accepts only TLS", () => {
  const database = run.resource("aws:rds/instance:Instance", "database").inputs;
  assert.equal(database["publiclyAccessible"], false);
  assert.equal(database["storageEncrypted"], true);
  assert.ok(isSecret(database["password"]));
  assert.deepEqual(run.resource("aws:rds/parameterGroup:ParameterGroup", "database").inputs["parameters"], [
    { name: "rds.force_ssl", value: "1" },
  ]);
});

test("only the API and the operators' SSH are open to addresses outside of the VPC", () => {
  const open = run.resources
    .filter(({ type, inputs }) => type.endsWith(":SecurityGroupIngressRule") && "cidrIpv4" in inputs)
    .map(
      ({ inputs }) =>
        `${String(inputs["cidrIpv4"])} ${String(inputs["securityGroupId"])} ${String(inputs["fromPort"])}`,
    );
  assert.deepEqual(open.sort(), ["0.0.0.0/0 id-of-entrance 80", "203.0.113.7/32 id-of-manager 22"]);
});

test("a rule's description has only characters that AWS accepts", () => {
  for (const { type, name, inputs } of run.resources.filter(({ type }) => /SecurityGroup/.test(type))) {
    assert.match(String(inputs["description"]), /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/, `${type} ${name}`);
  }
});

test("every resource that can have tags has those of its project, stack and name", () => {
  const bare = new Set(["Route", "RouteTableAssociation", "RolePolicy", "LifecyclePolicy", "TargetGroupAttachment"]);
  for (const { type, name, inputs } of run.resources.filter(({ type }) => type.startsWith("aws:"))) {
    if (bare.has(type.split(":").at(-1) ?? "")) continue;
    const tags = inputs["tags"] as Record<string, string> | undefined;
    assert.equal(tags?.["Project"], "gifticon-event", `${type} ${name}`);
    assert.equal(tags["Stack"], "test", `${type} ${name}`);
    assert.ok(tags["Name"]?.startsWith("gifticon-event-test-"), `${type} ${name}`);
  }
});

interface Connection {
  host: string;
  hostKey: string;
  proxy?: { host: string; hostKey: string };
}

/** Returns true if all secret parts of a value are marked. */
function holdsOnlySecrets(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (typeof value !== "object" || value === null) return !SECRETS.test(JSON.stringify(value));
  return Object.values(value).every(holdsOnlySecrets);
}
