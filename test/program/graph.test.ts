import assert from "node:assert/strict";
import { test } from "node:test";
import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { difference, plain, runProgram } from "./support/run-program.ts";

const INSTANCE = "aws:ec2/instance:Instance";
const COMMAND = "command:remote:Command";

test("the defaults are a manager, five workers, Kafka's host, and both stacks", async () => {
  const run = await runProgram();
  assert.deepEqual(run.names(INSTANCE), [
    "kafka",
    "manager",
    "worker-1",
    "worker-2",
    "worker-3",
    "worker-4",
    "worker-5",
  ]);
  assert.deepEqual(
    run.resources
      .filter(({ type }) => type === INSTANCE)
      .map(({ inputs }) => inputs["instanceType"])
      .sort(),
    ["t3.medium", ...Array<string>(6).fill("t3.micro")],
  );
  assert.deepEqual(run.names("gifticon-event:stacks:Stack"), ["gifticon", "kafka", "schema"]);
  assert.deepEqual(run.names("docker:index/image:Image"), ["gifticon-issuer", "kafka", "main-api"]);
  assert.deepEqual(run.names("aws:lb/targetGroupAttachment:TargetGroupAttachment"), [
    "worker-1",
    "worker-2",
    "worker-3",
    "worker-4",
    "worker-5",
  ]);
});

test("the outputs name the address of every part", async () => {
  const { outputs } = await runProgram({ "gifticon-event:workers": "1" });
  assert.deepEqual(outputs, {
    apiUrl: "http://api.example",
    managerPublicIp: "elastic-ip-of-manager",
    nodes: [
      {
        name: "manager",
        role: "manager",
        privateIp: "private-ip-of-manager",
        labels: {},
        hostKey: "ssh-ed25519 PUBLIC-KEY-manager-host-key",
      },
      {
        name: "worker-1",
        role: "worker",
        privateIp: "private-ip-of-worker-1",
        labels: {},
        hostKey: "ssh-ed25519 PUBLIC-KEY-worker-1-host-key",
      },
      {
        name: "kafka",
        role: "kafka",
        privateIp: "private-ip-of-kafka",
        labels: { kafka_server: "true" },
        hostKey: "ssh-ed25519 PUBLIC-KEY-kafka-host-key",
      },
    ],
    kafkaBootstrapServers: "private-ip-of-kafka:9092",
    databaseEndpoint: "database.example:5432",
    mode: "kafka",
    loadGenerator: "off",
  });
});

test("one more worker adds that worker and changes only the roster of hosts", async () => {
  const [five, six] = [await runProgram(), await runProgram({ "gifticon-event:workers": "6" })];
  const { added, changed, removed } = difference(five, six);
  assert.deepEqual({ changed, removed }, { changed: [`${COMMAND} roster`], removed: [] });
  assert.ok(added.length > 0 && added.every((key) => / worker-6(-|$)/.test(key)), added.join("\n"));
});

test("one worker less removes that worker and changes only the roster of hosts", async () => {
  const [six, five] = [await runProgram({ "gifticon-event:workers": "6" }), await runProgram()];
  const { added, changed, removed } = difference(six, five);
  assert.deepEqual({ added, changed }, { added: [], changed: [`${COMMAND} roster`] });
  assert.ok(
    removed.every((key) => / worker-6(-|$)/.test(key)),
    removed.join("\n"),
  );
});

test("three managers add two hosts, which join as managers one after the other and run no tasks", async () => {
  const [one, three] = [await runProgram(), await runProgram({ "gifticon-event:managers": "3" })];
  const { added, changed, removed } = difference(one, three);
  assert.deepEqual({ changed, removed }, { changed: [`${COMMAND} swarm-init`], removed: [] });
  assert.deepEqual(
    added.filter((key) => new RegExp(`^(${INSTANCE}|${COMMAND}) `).test(key)),
    [
      `${INSTANCE} manager-2`,
      `${INSTANCE} manager-3`,
      `${COMMAND} manager-2-join`,
      `${COMMAND} manager-2-node`,
      `${COMMAND} manager-2-retire`,
      `${COMMAND} manager-2-ssh`,
      `${COMMAND} manager-3-join`,
      `${COMMAND} manager-3-node`,
      `${COMMAND} manager-3-retire`,
      `${COMMAND} manager-3-ssh`,
      `${COMMAND} swarm-manager-retire`,
      `${COMMAND} swarm-manager-token`,
    ].sort(),
  );
  const script = (name: string) => String(plain(three.resource(COMMAND, name).inputs["stdin"]));
  for (const name of ["manager-2", "manager-3"]) {
    assert.match(script(`${name}-node`), /^readonly ROLE='manager'\nreadonly AVAILABILITY='drain'$/m);
    const groups = three.resource(INSTANCE, name).inputs["vpcSecurityGroupIds"];
    assert.deepEqual(groups, ["id-of-node", "id-of-manager"]);
  }
  assert.deepEqual(three.outputs["otherManagerPublicIps"], ["elastic-ip-of-manager-2", "elastic-ip-of-manager-3"]);
});

test("only the first manager has the key that makes hosts leave, and only the other managers admit it", async () => {
  const run = await runProgram({ "gifticon-event:managers": "3" });
  const hosts = (text: RegExp) =>
    run.names(INSTANCE).filter((name) => text.test(String(run.resource(INSTANCE, name).inputs["userData"])));
  assert.deepEqual(hosts(/^readonly LEAVE_KEY_PARAMETER='.+'$/m), ["manager"]);
  assert.deepEqual(hosts(/join-token --quiet manager/), ["manager-2", "manager-3"]);
});

test("a changed label only updates the nodes' labels", async () => {
  const hosts = (worker: object) => ({
    "gifticon-event:hosts": JSON.stringify({ ami: "ami-0123456789abcdef0", worker }),
  });
  const before = await runProgram({ ...hosts({}), "gifticon-event:workers": "2" });
  const after = await runProgram({ ...hosts({ labels: { zone: "a" } }), "gifticon-event:workers": "2" });
  assert.deepEqual(difference(before, after), {
    added: [],
    removed: [],
    changed: [`${COMMAND} worker-1-node`, `${COMMAND} worker-2-node`],
  });
});

test("another generation replaces the hosts of the workers, and changes nothing else", async () => {
  const two = { "gifticon-event:workers": "2" };
  const hosts = JSON.stringify({ ami: "ami-0123456789abcdef0", generation: 2 });
  const after = await runProgram({ ...two, "gifticon-event:hosts": hosts });
  assert.deepEqual(difference(await runProgram(two), after), {
    added: [],
    removed: [],
    changed: [`${INSTANCE} worker-1`, `${INSTANCE} worker-2`],
  });
  const { userData, userDataReplaceOnChange } = after.resource(INSTANCE, "worker-1").inputs;
  assert.match(String(userData), /^readonly GENERATION='2'$/m);
  assert.equal(userDataReplaceOnChange, true);
});

test("another rotation of the Swarm changes only the command that rotates it", async () => {
  const before = await runProgram({ "gifticon-event:managers": "3" });
  const swarm = JSON.stringify({ rotation: 2 });
  const after = await runProgram({ "gifticon-event:managers": "3", "gifticon-event:swarm": swarm });
  assert.deepEqual(difference(before, after), { added: [], removed: [], changed: [`${COMMAND} swarm-rotate`] });
});

test("both tokens are read again when the authority changes", async () => {
  const run = await runProgram({ "gifticon-event:managers": "3" });
  for (const token of ["swarm-token", "swarm-manager-token"]) {
    const { stdin } = run.resource(COMMAND, token).inputs;
    assert.match(
      String(plain(stdin)),
      /^readonly -a RUNS_FOR=\('result-of-swarm-init' 'result-of-swarm-rotate' 'id-of-manager'\)$/m,
    );
  }
});

test("direct mode has no resource for Kafka", async () => {
  const run = await runProgram({ "gifticon-event:mode": "direct" });
  assert.deepEqual(run.names("gifticon-event:stacks:Stack"), ["gifticon", "schema"]);
  assert.equal(run.outputs["kafkaBootstrapServers"], undefined);
  const left = run.resources.filter(({ name, inputs }) => /kafka|issuer/.test(name + JSON.stringify(inputs)));
  assert.deepEqual(
    // The services have their mode as a setting, and avoid a Kafka host by its label, which no host
    // has here.
    left.map(({ name }) => name).filter((name) => !["gifticon-stack", "schema-stack"].includes(name)),
    [],
  );
});

test("no change replaces a command: its deletion would need a host that may be gone", async () => {
  const run = await runProgram();
  const triggered = run.resources.filter(({ type, inputs }) => type === COMMAND && inputs["triggers"] !== undefined);
  assert.deepEqual(triggered, []);
});

test("k6 adds its host, two images, a stack and the agent's image on the workers, and does not change the event", async () => {
  const one = { "gifticon-event:workers": "1" };
  const { added, changed, removed } = difference(
    await runProgram(one),
    await runProgram({ ...one, "gifticon-event:loadGenerator": "k6" }),
  );
  assert.deepEqual(removed, []);
  assert.deepEqual(changed, [
    "aws:iam/rolePolicy:RolePolicy worker-1",
    `${COMMAND} roster`,
    // Its job creates the agent's role.
    `${COMMAND} schema-stack`,
    `${COMMAND} worker-1-images`,
  ]);
  assert.deepEqual(
    added.filter((key) => new RegExp(`^(${INSTANCE}|docker:index/image:Image|${COMMAND}) `).test(key)),
    [
      `${INSTANCE} load-generator`,
      `${COMMAND} load-generator-images`,
      `${COMMAND} load-generator-join`,
      `${COMMAND} load-generator-node`,
      `${COMMAND} load-generator-retire`,
      `${COMMAND} load-generator-ssh`,
      `${COMMAND} load-test-database-password`,
      `${COMMAND} load-test-stack`,
      `${COMMAND} schema-load-test-password`,
      "docker:index/image:Image k6",
      "docker:index/image:Image load-agent",
    ],
  );
});

test("nGrinder adds its host, two images and a stack, and does not change the event", async () => {
  const one = { "gifticon-event:workers": "1" };
  const { added, changed, removed } = difference(
    await runProgram(one),
    await runProgram({ ...one, "gifticon-event:loadGenerator": "ngrinder" }),
  );
  assert.deepEqual({ changed, removed }, { changed: [`${COMMAND} roster`], removed: [] });
  assert.deepEqual(
    added.filter((key) => key.startsWith("docker:")),
    ["docker:index/image:Image ngrinder-agent", "docker:index/image:Image ngrinder-controller"],
  );
});

test("only workers reach the database, and the load generator's host does not", async () => {
  const run = await runProgram({ "gifticon-event:loadGenerator": "k6" });
  const groups = run.resource(INSTANCE, "load-generator").inputs["vpcSecurityGroupIds"];
  assert.deepEqual(groups, ["id-of-node"]);
  const callers = run.resources.filter(
    ({ type, inputs }) => type.endsWith(":SecurityGroupIngressRule") && inputs["securityGroupId"] === "id-of-database",
  );
  assert.deepEqual(
    callers.map(({ inputs }) => inputs["referencedSecurityGroupId"]),
    ["id-of-worker"],
  );
});

test("operators' keys are put on each host without changing the hosts", async () => {
  const operators = JSON.stringify({ cidrs: ["203.0.113.7/32"], sshPublicKeys: ["ssh-ed25519 AAAA someone"] });
  const one = { "gifticon-event:workers": "1" };
  const { added, changed, removed } = difference(
    await runProgram(one),
    await runProgram({ ...one, "gifticon-event:operators": operators }),
  );
  assert.deepEqual({ changed, removed }, { changed: [], removed: [] });
  assert.deepEqual(
    added,
    ["kafka", "manager", "worker-1"].map((host) => `${COMMAND} ${host}-operators`),
  );
});

test("an encrypted overlay allows ESP between the nodes", async () => {
  const plain = await runProgram({ "gifticon-event:swarm": JSON.stringify({ encryptedOverlay: false }) });
  const { added } = difference(plain, await runProgram());
  assert.deepEqual(added, [
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule overlay-encrypted-out",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule overlay-encrypted-in",
  ]);
});

test("with deletion protection a last snapshot is taken, and without it none", async () => {
  const rds = "aws:rds/instance:Instance";
  const kept = (await runProgram()).resource(rds, "database").inputs;
  assert.equal(kept["deletionProtection"], true);
  assert.equal(kept["skipFinalSnapshot"], false);
  assert.equal(kept["finalSnapshotIdentifier"], "gifticon-event-last-0a1b2c3d");
  const database = JSON.stringify({ deletionProtection: false });
  const gone = (await runProgram({ "gifticon-event:database": database })).resource(rds, "database").inputs;
  assert.equal(gone["deletionProtection"], false);
  assert.equal(gone["skipFinalSnapshot"], true);
});

test("a new major version upgrades the database in place, with the parameters of that version", async () => {
  const versionOf = async (engineVersion: string) => {
    const run = await runProgram({ "gifticon-event:database": JSON.stringify({ engineVersion }) });
    const { engineVersion: version, allowMajorVersionUpgrade } = run.resource(
      "aws:rds/instance:Instance",
      "database",
    ).inputs;
    const { family } = run.resource("aws:rds/parameterGroup:ParameterGroup", "database").inputs;
    return { version, allowMajorVersionUpgrade, family };
  };
  const allowed = { allowMajorVersionUpgrade: true };
  assert.deepEqual(await versionOf("16"), { version: "16", family: "postgres16", ...allowed });
  assert.deepEqual(await versionOf("17"), { version: "17", family: "postgres17", ...allowed });
});

test("no two services consume in one group", async () => {
  const run = await runProgram({ "gifticon-event:loadGenerator": "k6" });
  const scripts = run.names(COMMAND).filter((name) => name.endsWith("-stack"));
  const groups = scripts.flatMap((name) => {
    const services = String(plain(run.resource(COMMAND, name).inputs["stdin"])).split(/^ {2}(?=[\w-]+:$)/m);
    return services.flatMap((text) => {
      const group = /^ +KAFKA_GROUP_ID: (.+)$/m.exec(text)?.[1];
      return group === undefined ? [] : [{ service: text.slice(0, text.indexOf(":")), group }];
    });
  });
  // These read a group's lag, and are no members of it.
  const watchers: string[] = [SERVICES.api, SERVICES.agent];
  const members = groups.filter(({ service }) => !watchers.includes(service));
  assert.equal(groups.length - members.length, watchers.length);
  assert.ok(members.some(({ service }) => service === SERVICES.issuer));
  assert.equal(new Set(members.map(({ group }) => group)).size, members.length);
});
