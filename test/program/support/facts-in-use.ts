import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { REMOVE_LOAD_TEST_ROWS } from "@gifticon/load-agent/protocol.ts";
import { openapi } from "@gifticon/main-api/openapi.ts";
import { readIssuerSettings, readMainApiSettings } from "@gifticon/runtime/environment.ts";
import type { Case, FaultContext } from "../../../chaos/case.ts";
import { CASES } from "../../../chaos/cases.ts";
import { observe } from "../../../doctor/observation.ts";
import { planRun } from "../../../load-test/plan.ts";
import type { Progress } from "../../../load-test/progress.ts";
import { Runner } from "../../../load-test/run/runner.ts";
import type { SshHosts } from "../../../operate/ssh-hosts.ts";
import type { StackOutputs } from "../../../operate/stack-outputs.ts";
import { closedPorts } from "../../../policy/network.ts";
import { plain, runProgram } from "./run-program.ts";

// Prints the texts into which users of the facts put them, as JSON by place. It runs in its own
// process, whose facts can be changed.
const texts: Record<string, string> = {};
const note = (place: string, value: unknown) =>
  (texts[place] = typeof value === "string" ? value : JSON.stringify(value));

const configurations = {
  kafka: { "gifticon-event:loadGenerator": "k6", "gifticon-event:managers": "3" },
  direct: { "gifticon-event:mode": "direct", "gifticon-event:loadGenerator": "ngrinder" },
};
for (const [mode, configuration] of Object.entries(configurations)) {
  const { resources, outputs } = await runProgram(configuration);
  note(`${mode}: outputs`, outputs);
  for (const { type, name, inputs } of resources) {
    // Images are built from folders, whose names are not facts.
    if (type.startsWith("docker:") || type.startsWith("aws:ecr/")) continue;
    const { stdin, ...others } = inputs;
    note(`${mode}: ${type} ${name}`, { name, inputs: others });
    if (stdin !== undefined) note(`${mode}: script of ${name}`, plain(stdin));
  }
}

const environment = { MODE: "kafka", DATABASE_HOST: "db", DATABASE_NAME: "n", DATABASE_USER: "u", DATABASE_TLS: "off" };
const services = { ...environment, DATABASE_PASSWORD_FILE: "/dev/null", KAFKA_BOOTSTRAP_SERVERS: "broker:1" };
note("settings of main-api", readMainApiSettings(services));
note("settings of the issuer", readIssuerSettings(services));
note("dead letters", deadLetterTopic(readIssuerSettings(services).kafka.topic));
note("paths of main-api", Object.keys(openapi.paths));
note("the load test's plan", planRun({ model: "closed", users: 1, seconds: 1, rate: 1 }, "http://api.example", "run"));
note("the removal of a load test's rows", REMOVE_LOAD_TEST_ROWS);
const open = { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 0, toPort: 65_535 };
const world = { type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name: "world", inputs: open };
note("closed ports", closedPorts.check({ stack: "test", resources: [{ ...world, urn: "world" }] } as never));
const outputs = { nodes: [{ name: "worker-1" }], apiUrl: "http://127.0.0.1:1", managerPublicIp: "127.0.0.1" };
note("the doctor's commands", await commandsOf((hosts) => observe(hosts, outputs as never, [])));
note("the load test's commands", await commandsOf((hosts) => runner(hosts).restore()));
for (const one of CASES) note(`fault ${one.name}`, await firstCall(one));
process.stdout.write(JSON.stringify(texts));

/** Returns the commands on the hosts, up to the first that needs an answer. */
async function commandsOf(use: (hosts: SshHosts) => Promise<unknown>): Promise<unknown[]> {
  const commands: unknown[] = [];
  const swarm = {
    ...{ clock: 0, nodes: [], services: [], tasks: [], authority: { issuer: "", rotating: false } },
    tokens: { worker: "", manager: "" },
  };
  const answers: Record<string, string> = { [JSON.stringify(["sudo", "bash", "-s"])]: JSON.stringify(swarm) };
  const run = (host: string, command: readonly string[], input = "") => {
    commands.push([host, command, input]);
    return Promise.resolve(answers[JSON.stringify(command)] ?? "");
  };
  await use({ run } as unknown as SshHosts).catch(() => undefined);
  return commands;
}

function runner(hosts: SshHosts): Runner {
  const stack = { mode: "kafka", apiUrl: "http://api.example", nodes: [] } as unknown as StackOutputs;
  return new Runner(stack, hosts, { step: () => undefined } as unknown as Progress, new AbortController().signal);
}

/** Returns the arguments of a case's first call on the environment. */
async function firstCall(one: Case): Promise<unknown[]> {
  const calls: unknown[] = [];
  const recorder: unknown = new Proxy(() => undefined, {
    get: (_target, name) => (name === "then" ? undefined : recorder),
    apply: (_target, _this, args: unknown[]) => {
      calls.push(args);
      throw new Error("recorded");
    },
  });
  const ask = (_what: string, probe: () => unknown) => Promise.resolve(probe());
  const context = { environment: recorder, load: { underWay: 1, accepted: 1 }, until: ask, undo: () => recorder };
  await Promise.resolve()
    .then(() => one.inject(context as unknown as FaultContext))
    .catch(() => undefined);
  return calls;
}
