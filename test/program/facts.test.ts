import assert from "node:assert/strict";
import { before, test } from "node:test";
import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { IDEMPOTENCY_KEY, IDLE_SECONDS, PATHS, STOP_SECONDS } from "@gifticon/contract/facts/http.ts";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import * as names from "@gifticon/contract/facts/names.ts";
import { HOST_FOLDER } from "@gifticon/contract/facts/paths.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { CONSUMER_GROUP, deadLetterTopic, TOPIC } from "@gifticon/contract/facts/queue.ts";
import { execa } from "execa";
import { ADDED } from "./support/change-literals.ts";

const { HOSTS, NETWORK, SERVICES, STACKS } = names;
type Texts = Record<string, string>;
type Fact = string | number;

/** The texts of all users by place, with the real facts and with changed facts. */
let declared: Texts;
let changed: Texts;

before(async () => {
  const support = `${import.meta.dirname}/support`;
  const run = async (...options: string[]) => {
    const { stdout } = await execa("node", [...options, `${support}/facts-in-use.ts`], { stderr: "inherit" });
    return JSON.parse(stdout) as Texts;
  };
  [declared, changed] = await Promise.all([run(), run("--import", `${support}/change-facts.ts`)]);
});

const other = (fact: Fact) => (typeof fact === "number" ? fact + ADDED.number : `${fact}${ADDED.text}`);

/** Returns the places whose text has the fact as a whole word or number. */
function placesOf(texts: Texts, fact: Fact): string[] {
  const literal = new RegExp(`(?<!\\w)${String(fact).replaceAll(".", "\\.")}(?!\\w)`);
  return Object.keys(texts).filter((place) => literal.test(texts[place] ?? ""));
}

/** Returns the script that deploys a stack, with the changed facts. */
const stackOf = (mode: string, stack: string) => changed[`${mode}: script of ${other(stack)}-stack`] ?? "";

/** Ports whose number also occurs elsewhere, such as in the database's fake address. */
const AMBIGUOUS = ["database", "http", "ngrinder"];
const ports = Object.fromEntries(Object.entries(PORTS).filter(([name]) => !AMBIGUOUS.includes(name)));
const facts: Record<string, Fact> = {
  ...ports,
  ...PATHS,
  ...names.PLACEMENT_LABELS,
  ...LOAD_TEST_USERS,
  ...{ topic: TOPIC, group: CONSUMER_GROUP, header: IDEMPOTENCY_KEY, lag: METRICS.lag, folder: HOST_FOLDER },
  ...{ service: DATABASE.service, loadTest: DATABASE.loadTest },
  ...{ hostLabel: names.HOST_LABEL, extraCopyLabel: names.EXTRA_COPY_LABEL, fileLabel: names.STACK_FILE_LABEL },
  ...{ stackLabel: names.STACK_LABEL, serviceLabel: names.SERVICE_LABEL },
};
for (const [name, fact] of Object.entries(facts)) {
  test(`a change of ${name}, ${fact}, reaches each of its users`, () => {
    assert.ok(placesOf(declared, fact).length > 0, "nobody uses it");
    assert.deepEqual(placesOf(changed, fact), []);
    assert.equal(placesOf(changed, other(fact)).length, placesOf(declared, fact).length);
  });
}

test("no place keeps the old name of a service or a stack", () => {
  const renamed = (stack: string, service: string) => names.inStack(String(other(stack)), String(other(service)));
  for (const [stack, service] of [
    [STACKS.event, SERVICES.api],
    [STACKS.event, SERVICES.issuer],
    [STACKS.kafka, SERVICES.broker],
    [STACKS.kafka, SERVICES.zookeeper],
  ] as const) {
    assert.deepEqual(placesOf(changed, names.inStack(stack, service)), []);
    assert.ok(placesOf(changed, renamed(stack, service)).length > 0, service);
  }
  const listener = `${other(SERVICES.broker)}:${other(PORTS.brokerInternal)}`;
  for (const stack of [STACKS.event, STACKS.loadTest]) assert.ok(stackOf("kafka", stack).includes(listener), stack);
  const letters = changed["dead letters"] ?? "";
  assert.notEqual(letters, deadLetterTopic(String(other(TOPIC))), "its suffix has changed too");
  assert.ok(stackOf("kafka", STACKS.kafka).includes(`- ${letters}:1:`));
});

test("the load balancer and the database listen where the security groups allow traffic", () => {
  const rule = (flow: string) => changed[`kafka: aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule ${flow}-in`];
  for (const [flow, port] of [
    ["entrance-1", PORTS.http],
    ["database", PORTS.database],
  ] as const)
    assert.match(rule(flow) ?? "", new RegExp(`"fromPort":${other(port)},.*"toPort":${other(port)}`));
  assert.match(changed["kafka: aws:lb/listener:Listener api-http"] ?? "", new RegExp(`"port":${other(PORTS.http)}`));
  const database = changed["kafka: aws:rds/instance:Instance database"] ?? "";
  assert.match(database, new RegExp(`"port":${other(PORTS.database)}`));
  assert.match(database, new RegExp(`"dbName":"${other(DATABASE.name)}".*"username":"${other(DATABASE.owner)}"`));
  assert.match(stackOf("direct", STACKS.event), new RegExp(`DATABASE_PORT: ${other(PORTS.database)}`));
});

test("services get the timeouts and the network of the facts", () => {
  assert.match(stackOf("kafka", STACKS.event), new RegExp(`stop_grace_period: ${other(STOP_SECONDS)}s`));
  assert.match(
    changed["kafka: aws:lb/loadBalancer:LoadBalancer api"] ?? "",
    new RegExp(`"idleTimeout":${other(IDLE_SECONDS)}`),
  );
  for (const stack of Object.values(STACKS))
    assert.match(stackOf("kafka", stack), new RegExp(`\\n {2}${other(NETWORK)}:\\n {4}external: true`), stack);
});

test("tools address the hosts by their names", () => {
  for (const commands of ["the doctor's commands", "the load test's commands"])
    assert.ok(changed[commands]?.startsWith(`[["${other(HOSTS.manager)}"`), changed[commands]?.slice(0, 80));
  assert.ok(`kafka: aws:ec2/instance:Instance ${other(HOSTS.kafka)}` in changed);
});
