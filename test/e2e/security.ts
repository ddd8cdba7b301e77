import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";
import { execa } from "execa";
import { parse } from "yaml";
import { loadSettings } from "../../infra/config/config.ts";
import { type Flow, groupsOfRole, planFlows } from "../../infra/plans/flows.ts";
import { ApiClient } from "../../operate/api-client.ts";
import { send, targetOf } from "../support/hostile/raw-http.ts";
import { smugglings } from "../support/hostile/smuggling.ts";
import { containersInVpc, runOnHost, type ResourceContainer } from "../../operate/local-hosts.ts";
import type { LocalStack, Outputs } from "../../operate/local-stack.ts";
import { Canary, secretsOfState, traceOf } from "../support/security/canary.ts";
import { faultsOf } from "../support/security/cis-containers.ts";
import { type End, mayConnect } from "../../infra/plans/may-connect.ts";
import { inContainer, inNetworkOf, OUTSIDE, type Place, runIn, scriptIn } from "../support/security/namespaces.ts";
import { type PortProbe, probePorts } from "../support/security/probe-ports.ts";
import { type RunningTask, runningTasks } from "../support/security/tasks.ts";
import type { Step } from "../support/story.ts";

/** Inspects the environment, once for all steps, because none of them changes it. */
type Inspect = () => Promise<Environment>;

/** Adds the steps on the security of a running environment. */
export function securitySteps(step: Step, stack: LocalStack): void {
  let environment: Promise<Environment> | undefined;
  const inspected = () => (environment ??= inspect(stack));
  connectionSteps(step, stack, inspected);
  hardeningSteps(step, stack, inspected);
  smugglingStep(step, stack);
  secretStep(step, stack, inspected);
}

function connectionSteps(step: Step, stack: LocalStack, inspected: Inspect): void {
  step("allows exactly the connections that a flow names: from hosts, from containers, from outside", async () => {
    const environment = await inspected();
    const flows = await flowsOf(stack);
    const wrong = await Promise.all(
      placesOf(environment).map((source) => wrongConnections(source, environment, flows)),
    );
    assert.deepEqual(wrong.flat(), []);
  });
}

function hardeningSteps(step: Step, stack: LocalStack, inspected: Inspect): void {
  step("runs every container without rights that it doesn't need (CIS Docker 4 and 5)", async () => {
    const { tasks } = await inspected();
    const services = new Set(tasks.map(({ service }) => service));
    for (const service of ["gifticon_main-api", "gifticon_gifticon-issuer", "kafka_kafka", "kafka_zookeeper"])
      assert.ok(services.has(service), `${service} doesn't run`);
    assert.deepEqual(tasks.flatMap(faultsOf), []);
  });

  step("keeps Kafka's and ZooKeeper's data for their own user", async () => {
    const script = `
      for volume in kafka_kafka kafka_zookeeper; do
        folder=$(docker volume inspect --format '{{.Mountpoint}}' "$volume")
        find "$folder" -mindepth 1 -type f -printf 'file\\n' -quit
        find "$folder" \\( ! -uid 1000 -o -perm /o+w \\) -printf '%p %u:%g %m\\n'
      done`;
    const found = await runOnHost(stack.account, "kafka", ["bash", "-c", script]);
    assert.deepEqual(found.split("\n"), ["file", "file"]);
  });

  step("configures each host and its engine by the CIS Docker Benchmark, as far as the project can", async () => {
    const { hosts } = await inspected();
    const results = await Promise.all(
      hosts.map(async ({ name, place }) =>
        (await scriptIn(place, "cis-host.sh")).split("\n").map((line) => `${name} ${line}`),
      ),
    );
    assert.ok(results.every((lines) => lines.length > 10));
    assert.deepEqual(
      results.flat().filter((line) => !/^\S+ [\d.]+ ok /.test(line)),
      [],
    );
  });

  step("serves instance metadata to hosts, and not to containers (IMDS)", async () => {
    const { hosts, tasks } = await inspected();
    const token = ["curl", "-s", "-m", "5", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60"];
    const ask = (place: Place) =>
      runIn(place, [...token, "http://169.254.169.254/latest/api/token"]).catch(() => undefined);
    const answers = await Promise.all(hosts.map(({ place }) => ask(place)));
    assert.ok(
      answers.every((answer) => answer !== undefined && answer.length > 10),
      "a host gets no answer",
    );
    const answered = await Promise.all(tasks.map(async (task) => [task.service, await ask(placeOfTask(hosts, task))]));
    assert.deepEqual(
      answered.filter(([, answer]) => answer !== undefined),
      [],
    );
  });
}

function smugglingStep(step: Step, stack: LocalStack): void {
  step("accepts no request through the load balancer that is hidden in another", async () => {
    const { apiUrl } = await stack.outputs();
    const client = new ApiClient(apiUrl);
    const attacks = smugglings(0, "").map(({ name }, index) => ({
      name,
      userId: 8_000_000 + index,
      key: `hidden-${index}`,
    }));
    const replies = await Promise.all(
      attacks.map(async ({ userId, key }, index) => {
        const bytes = smugglings(userId, key)[index]?.bytes ?? "";
        return (await send(targetOf(apiUrl), bytes, { leave: true })).answers;
      }),
    );
    try {
      // Other clients on the connections that the load balancer shares get their own answers, and
      // not those of an attack.
      const honest = Array.from({ length: 100 }, (_, index) => 8_100_000 + index);
      const answers = await Promise.all(honest.map((userId) => client.ask(userId, "honest")));
      for (const { userId, status, requestId } of answers)
        assert.deepEqual([status, requestId], [202, requestIdOfKey(BigInt(userId), "honest")]);
      // The topic has one partition, so all earlier requests are decided with the last of these.
      for (const { requestId } of answers) await client.follow(requestId ?? "");
      for (const [index, { name, userId, key }] of attacks.entries()) {
        assert.ok(
          replies[index]?.every(({ status }) => status !== 500 && status !== 502),
          name,
        );
        const id = requestIdOfKey(BigInt(userId), key);
        const accepted = (await client.state(id)).status !== "queued";
        const announced = replies[index]?.some(({ status, body }) => status === 202 && body.includes(id)) === true;
        // Some attacks are two requests for every reader. Then the second has an answer too.
        assert.equal(accepted, announced, `${name}: accepted without an answer`);
      }
    } finally {
      await client.close();
    }
  });
}

function secretStep(step: Step, stack: LocalStack, inspected: Inspect): void {
  step("shows its secrets nowhere: state, logs, inspections, process lists, image layers, user data", async () => {
    const environment = await inspected();
    await using canary = await Canary.of(await knownSecrets(stack, environment));
    const hits = await Promise.all([
      ...searchMachine(canary, stack, environment),
      ...environment.hosts.map(({ place }) => searchHost(canary, place)),
    ]);
    assert.deepEqual(hits.flat(), []);
    assert.doesNotMatch(await stack.exportedState(), /SWMTKN-|BEGIN [A-Z ]*PRIVATE KEY/);
    // The search does find secrets where they belong: a host's own key, and a service's password.
    const [manager] = environment.hosts;
    assert.ok(manager);
    assert.deepEqual(await canary.inFiles(manager.place, "/etc/ssh/gifticon_event_host_key"), ["manager-host-key"]);
    const api = environment.tasks.find(({ service }) => service === "gifticon_main-api");
    assert.ok(api);
    assert.deepEqual(
      await canary.inFiles(hostOf(environment.hosts, api).place, `/proc/${api.pid}/root/run/secrets/database-password`),
      ["database-service-password"],
    );
  });
}

/** A host, and the place in which commands run on it. */
interface Host extends End {
  place: Place;
}

/** The environment under test. */
interface Environment {
  outputs: Outputs;
  hosts: Host[];
  tasks: RunningTask[];
  /** Load balancer and database. */
  services: Host[];
  /** Addresses that are reachable from outside. */
  published: End[];
  containers: ResourceContainer[];
}

/** TCP ports to probe: those of the environment, and others of the Docker engine. */
const PROBED = [22, 80, 443, 2181, 2375, 2376, 2377, 5432, 7946, PORTS.api, 8081, 9092, 19092];

async function inspect(stack: LocalStack): Promise<Environment> {
  const [outputs, containers] = await Promise.all([stack.outputs(), containersInVpc(stack.account)]);
  const bodyAt = (address: string) => {
    const body = containers.find(({ privateAddress }) => privateAddress === address);
    if (body === undefined) throw new Error(`no container has ${address}`);
    return body;
  };
  const hosts = outputs.nodes.map(({ name, role, privateIp }) => ({
    name,
    address: privateIp,
    groups: groupsOfRole(role as Parameters<typeof groupsOfRole>[0]),
    place: inContainer(name, bodyAt(privateIp).container),
  }));
  const service = (name: "entrance" | "database", type: string): Host & { body: ResourceContainer } => {
    const body = containers.find((one) => one.type === type);
    if (body === undefined) throw new Error(`there is no ${name}`);
    return { name, address: body.privateAddress, groups: [name], place: inContainer(name, body.container), body };
  };
  const entrance = service("entrance", "aws:lb/loadBalancer:LoadBalancer");
  const database = service("database", "aws:rds/instance:Instance");
  const published = [
    ...hosts.map(({ name, groups, address }) => ({ name, groups, address: bodyAt(address).publicAddress ?? "" })),
    { name: "entrance", groups: entrance.groups, address: entrance.body.publicAddress ?? "" },
  ];
  const tasks = await Promise.all(hosts.map(({ name }) => runningTasks(stack.account, name)));
  return { outputs, hosts, tasks: tasks.flat(), services: [entrance, database], published, containers };
}

function hostOf(hosts: readonly Host[], task: RunningTask): Host {
  const host = hosts.find(({ name }) => name === task.host);
  if (host === undefined) throw new Error(`there is no host ${task.host}`);
  return host;
}

function placeOfTask(hosts: readonly Host[], task: RunningTask): Place {
  return inNetworkOf(hostOf(hosts, task).place, `${task.service} on ${task.host}`, task.pid);
}

/**
 * Returns the sources of connection attempts: a host of each role, the managed services, a
 * container of each service, and the outside.
 */
function placesOf({ hosts, services, tasks }: Environment): Host[] {
  const roles = hosts.filter(({ name }) => ["manager", "worker-1", "kafka"].includes(name));
  const firsts = tasks.filter(({ service }, index) => tasks.findIndex((task) => task.service === service) === index);
  return [
    ...roles,
    ...services,
    // A container's packets have its host's address.
    ...firsts.map((task) => ({ ...hostOf(hosts, task), place: placeOfTask(hosts, task) })),
    { name: "outside", groups: [], address: "198.18.0.1", place: OUTSIDE },
  ];
}

/** Returns a line for each probe from this source that contradicts the flows. */
async function wrongConnections(source: Host, environment: Environment, flows: readonly Flow[]): Promise<string[]> {
  const others = ["manager", "worker-2", "kafka"];
  const within = [...environment.hosts.filter(({ name }) => others.includes(name)), ...environment.services];
  const targets = (source.groups.length === 0 ? environment.published : within)
    // Security groups don't apply between a host and itself.
    .filter(({ name }) => name !== source.name);
  const probes: (PortProbe & { to: End })[] = targets.flatMap((to) =>
    PROBED.map((port) => ({ to, port, address: to.address })),
  );
  const may = ({ to, port }: { to: End; port: number }) => mayConnect(flows, source, to, port);
  const tried = await probePorts(source.place, probes, may);
  assert.ok(
    source.name === "database" || tried.some(({ answer }) => answer !== "silent"),
    `${source.place.name} reaches nothing`,
  );
  return tried
    .filter((probe) => (probe.answer !== "silent") !== may(probe))
    .map(({ to, port, answer }) => `${source.place.name} to ${to.name}:${port}: ${answer}`);
}

async function flowsOf(stack: LocalStack): Promise<Flow[]> {
  const { config } = parse(await readFile(stack.configFile, "utf8")) as { config: Record<string, unknown> };
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return planFlows(loadSettings(Object.fromEntries(texts) as Record<string, string>));
}

async function knownSecrets(stack: LocalStack, { hosts }: Environment): Promise<Map<string, string>> {
  const secrets = await secretsOfState(stack);
  const [manager] = hosts;
  if (manager === undefined) throw new Error("there is no manager");
  for (const role of ["worker", "manager"]) {
    const token = await runIn(manager.place, ["docker", "swarm", "join-token", "--quiet", role]);
    secrets.set(`the Swarm's token of a ${role}`, token.trim());
  }
  const swarmKeys = "/var/lib/docker/swarm/certificates/swarm-node.key";
  secrets.set("the manager's key in the Swarm", traceOf(await runIn(manager.place, ["cat", swarmKeys])));
  const authority = `local-cloud-${stack.account}-ca`;
  const { stdout } = await execa("docker", ["volume", "inspect", "--format", "{{.Mountpoint}}", authority]);
  secrets.set("the account's authority", traceOf(await readFile(`${stdout}/ca.key`, "utf8")));
  secrets.set("the account's secret", (await readFile(`${stdout}/secret`, "utf8")).trim());
  return secrets;
}

type Search = Promise<string[]>;

async function at(where: string, names: Promise<string[]> | string[]): Search {
  return (await names).map((name) => `${name} is in ${where}`);
}

/**
 * Searches the state, the output of operations, and the local cloud's containers as the machine's
 * engine shows them.
 */
function searchMachine(canary: Canary, stack: LocalStack, { containers }: Environment): Search[] {
  const ids = containers.map(({ container }) => container);
  const { account } = stack;
  const images = `docker images --quiet --filter 'reference=${account}.dkr.ecr.*/*'`;
  const ofAccount = `docker volume ls --quiet --filter label=local-cloud.account=${account}`;
  return [
    at(
      "the exported state",
      stack.exportedState().then((state) => canary.inText(state)),
    ),
    // Beside the state is the engine's event log, which only these tests request. It is a debugging
    // aid of the CLI that contains secrets in plain text.
    at(
      "the stored state",
      canary.inOutput(["find", `${stack.directory}/state`, "-type", "f", "-exec", "cat", "{}", "+"]),
    ),
    ...ids.map((id) =>
      at(`the log of container ${id.slice(0, 12)}`, canary.inOutput(["bash", "-c", `docker logs ${id} 2>&1`])),
    ),
    at("the inspected containers", canary.inOutput(["docker", "inspect", ...ids])),
    at("the local cloud's records", canary.inOutput(["bash", "-c", `${ofAccount} | xargs docker volume inspect`])),
    at("the machine's process list", canary.inOutput(["bash", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null || true"])),
    at("the images", canary.inOutput(["bash", "-c", `${images} | sort -u | xargs docker save`])),
    at("the images' history", canary.inOutput(["bash", "-c", `${images} | xargs -n 1 docker history --no-trunc`])),
  ];
}

/**
 * Searches a host's processes with their environments, its logs, its containers' logs, its engine's
 * objects and its user data.
 */
async function searchHost(canary: Canary, place: Place): Search {
  const imds = "curl -s -m 5 http://169.254.169.254/latest";
  const places = {
    "the process list": "/proc/[0-9]*/cmdline",
    "the environments": "/proc/[0-9]*/environ",
    "the logs": "/var/log",
    "the containers' logs": "<(docker ps --all --quiet | xargs -r -n 1 docker logs 2>&1)",
    "the inspected containers": "<(docker ps --all --quiet | xargs -r docker inspect)",
    "the Swarm's services": "<(docker service ls --quiet | xargs -r docker service inspect)",
    "the Swarm's configs": "<(docker config ls --quiet | xargs -r docker config inspect)",
    "the Swarm's secrets": "<(docker secret ls --quiet | xargs -r docker secret inspect)",
    "the user data": `<(${imds}/user-data -H "X-aws-ec2-metadata-token: $(${imds}/api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')")`,
    "files on disk": "/etc/docker /usr/local /tmp",
  };
  // Search all at once, and only after a hit place by place.
  if ((await canary.inFiles(place, Object.values(places).join(" "))).length === 0) return [];
  const found = Object.entries(places).map(([where, files]) =>
    at(`${where} of ${place.name}`, canary.inFiles(place, files)),
  );
  return (await Promise.all(found)).flat();
}
