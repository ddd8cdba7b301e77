import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ReviewError } from "../../review/review-error.ts";
import { findingsOf } from "../../review/findings.ts";
import { report } from "../../review/report.ts";
import { serviceChanges } from "../../review/services.ts";
import { assess, type Grade } from "../../review/verdict.ts";
import { Clone, type Edit } from "./support/clone.ts";

/** A change, and the expected parts of its review. */
interface Case {
  change: string;
  edits: Edit[];
  stack?: string;
  grade: Grade;
  /** Names of replaced or deleted resources, each once. */
  replaced?: string[];
  deleted?: string[];
  /** Services and the effects on them, in order. */
  services?: string[];
  /** Ids of guardrails that the change breaks. */
  violations?: string[];
  /** Further texts of the report. */
  says?: RegExp[];
  /** Error of the ordinary preview, when the local cloud refuses a value that AWS may accept. */
  previewRefuses?: RegExp;
}

const config = (from: string, to: string): Edit => ({ file: "infra/config/config.ts", from, to });
const setting = (stack: string, line: string): Edit => ({
  file: `Pulumi.${stack}.yaml`,
  from: "config:\n",
  to: `config:\n  ${line}\n`,
});
const workers = ["worker-1", "worker-2", "worker-3", "worker-4", "worker-5"];
const hosts = ["kafka", "manager", ...workers];

const cases: Case[] = [
  {
    change: "one more worker",
    edits: [config(`"hosts").default(5)`, `"hosts").default(6)`)],
    grade: "updates in place",
    says: [/12 to add/, /6 → 7 × instance t3.micro/, /\+\$\d+\.\d\d a month/],
  },
  {
    change: "one worker less",
    edits: [config(`"hosts").default(5)`, `"hosts").default(4)`)],
    grade: "DELETES",
    deleted: [
      "worker-5",
      "worker-5-host-key",
      "worker-5-images",
      "worker-5-join",
      "worker-5-node",
      "worker-5-retire",
      "worker-5-ssh",
    ],
    services: ["gifticon/main-api settles"],
    says: [
      /^- `gifticon\/gifticon-issuer`: starts again on one of `worker-1`, `worker-2`, `worker-3`, `worker-4` as soon as Swarm notices that the host is down/m,
    ],
  },
  {
    change: "another instance type of the Kafka host and of the manager",
    edits: [
      config(`host("t3.medium"`, `host("t3.large"`),
      config(`manager: host("t3.micro"`, `manager: host("t3.small"`),
    ],
    grade: "updates in place",
    services: ["kafka/kafka restarts"],
    says: [
      /the Kafka host with its volumes kafka and zookeeper\*\* is updated in place: the host stops and starts: producers get 503/,
      /1 → 0 × instance t3.medium/,
      // Hosts and the broker's memory. The manager keeps its address, so no command runs again.
      /3 to update in place\./,
    ],
  },
  {
    change: "another instance type of the workers",
    edits: [config(`worker: host("t3.micro"`, `worker: host("t3.small"`)],
    grade: "REPLACES",
    replaced: workers,
    says: [
      /^\*\*Hosts whose replacements come first\*\*: `worker-1`, .*`worker-5`\. Each old host is drained/m,
      /`worker-1` \(ec2\.Instance\) is replaced because of `instanceType` \(`t3\.micro` → `t3\.small`\)/,
    ],
  },
  {
    change: "another image of the hosts",
    edits: [{ file: "Pulumi.local.yaml", from: "ami-0d13d13d13d13d130", to: "ami-0123456789abcdef0" }],
    grade: "REPLACES",
    replaced: hosts,
    previewRefuses: /property ami .* is not an image of local-cloud/,
    says: [
      /⚠️ \*\*the Kafka host with its volumes kafka and zookeeper\*\* is REPLACED: the volumes are lost with the host/,
      /⚠️ \*\*the manager\*\* is REPLACED/,
      /`kafka` \(ec2\.Instance\) is replaced because of `ami` \(`ami-0d13d13d13d13d130` → `ami-0123456789abcdef0`\)/,
    ],
  },
  {
    change: "a label",
    edits: [config(`worker: host("t3.micro", 10, {})`, `worker: host("t3.micro", 10, { disk: "ssd" })`)],
    grade: "updates in place",
    services: [],
    says: [/^\+LABELS=disk=ssd$/m, /5 to update in place\./],
  },
  {
    change: "a service's source",
    edits: [{ file: "services/main-api/main.ts", from: "import", to: 'process.title = "api";\nimport' }],
    grade: "updates in place",
    services: ["schema/migrate restarts", "gifticon/main-api restarts"],
    says: [/nothing is interrupted: each new task is healthy/, /image: \{main-api\.repoDigest, new\}/],
  },
  {
    change: "a limit in a Compose file",
    edits: [{ file: "stacks/kafka/kafka-stack.ts", from: "limits(384,", to: "limits(400," }],
    grade: "updates in place",
    services: ["kafka/topics restarts"],
    says: [/^-\s+memory: 384M$/m, /^\+\s+memory: 400M$/m],
  },
  {
    change: "another class of the database",
    edits: [config(`databaseClass().default("db.t3.micro")`, `databaseClass().default("db.t3.small")`)],
    grade: "updates in place",
    // Connection limit of the services' role.
    services: ["schema/migrate restarts"],
    says: [
      /\*\*the database\*\* is updated in place: the database restarts/,
      /database db\.t3\.small \(no price for ap-northeast-2 in the table\)/,
    ],
  },
  {
    change: "a rotation of the owner's password",
    edits: [
      {
        file: "infra/components/database.ts",
        from: `this.#newLogin(DATABASE.owner, "password")`,
        to: longerPassword("owner", "password"),
      },
    ],
    grade: "REPLACES",
    replaced: ["database-password"],
    services: ["schema/migrate restarts"],
    says: [
      /`database-password` \(random\.RandomPassword\) is replaced because of `length` \(`32` → `33`\)/,
      /`password` `\[secret\]` → `\[secret\]`/,
    ],
  },
  {
    change: "a rotation of the services' password",
    edits: [
      {
        file: "infra/components/database.ts",
        from: `this.#newLogin(DATABASE.service, "service-password")`,
        to: longerPassword("service", "service-password"),
      },
    ],
    grade: "REPLACES",
    replaced: ["database-service-password"],
    services: ["schema/migrate restarts", "gifticon/gifticon-issuer restarts", "gifticon/main-api restarts"],
  },
  {
    change: "a port of Kafka opened to the world",
    edits: [
      {
        file: "infra/plans/flows.ts",
        from: `tcp("kafka-nodes", "node", "kafka"`,
        to: `tcp("kafka-nodes", { cidrs: ["0.0.0.0/0"] }, "kafka"`,
      },
    ],
    grade: "DELETES",
    deleted: ["kafka-nodes-out"],
    violations: ["closed-ports"],
    says: [
      /new violation.* of mandatory guardrails/,
      /❌ `closed-ports`: `kafka-nodes-in` lets the world reach port 9092 \(Kafka\)/,
    ],
  },
  {
    change: "a renamed component without an alias",
    edits: [{ file: "index.ts", from: `new Database("database", {`, to: `new Database("store", {` }],
    grade: "REPLACES",
    services: ["schema/migrate restarts", "gifticon/gifticon-issuer restarts", "gifticon/main-api restarts"],
    says: [
      /\*\*the database\*\* is DELETED/,
      /`database` became `store` \(rds\.Instance\) without an alias, so it is replaced/,
    ],
  },
  {
    change: "a renamed component with an alias",
    edits: [
      { file: "index.ts", from: `new Database("database", {`, to: `new Database("store", {` },
      {
        file: "index.ts",
        from: `  securityGroupId: firewall.groupId("database"),\n});`,
        to: `  securityGroupId: firewall.groupId("database"),\n}, { aliases: [{ name: "database" }] });`,
      },
    ],
    grade: "updates in place",
    services: [],
    says: [/`tags\.Name` `gifticon-event-local-database` → `gifticon-event-local-store`/],
  },
  {
    change: "a comment only",
    edits: [
      {
        file: "infra/components/host-fleet.ts",
        from: "export class HostFleet",
        to: "// A comment.\nexport class HostFleet",
      },
      { file: "services/main-api/main.ts", from: "import", to: "// A comment.\nimport" },
    ],
    grade: "nothing changes",
    services: [],
    says: [/No resource changes\./],
  },
  {
    change: "default tags of the provider",
    edits: [setting("local", "aws:defaultTags: { tags: { Team: event, Year: 2026 } }")],
    grade: "updates in place",
    replaced: [],
    services: [],
    says: [
      /^- `aws:defaultTags`: nothing → `\{"tags":\{"Team":"event","Year":2026\}\}`$/m,
      /~ update \| `vpc` \| ec2\.Vpc \| `tagsAll\.Team` nothing → `event`; `tagsAll\.Year` nothing → `2026` \|/,
    ],
  },
  {
    change: "accounts, roles and credentials of the provider, which no resource shows",
    edits: [
      setting("dev", "aws:profile: work"),
      setting("dev", 'aws:allowedAccountIds: ["999999999999"]'),
      setting("dev", 'aws:assumeRoles: [{ roleArn: "arn:aws:iam::999999999999:role/deploy" }]'),
    ],
    stack: "dev",
    grade: "nothing changes",
    previewRefuses: /it is aws:assumeRoles in Pulumi\.dev\.yaml/,
    says: [
      /^- `aws:allowedAccountIds`: nothing → `\["999999999999"\]`$/m,
      /^- `aws:assumeRoles`: nothing → `\[\{"roleArn":"arn:aws:iam::999999999999:role\/deploy"\}\]`$/m,
      /^- `aws:profile`: nothing → `work`$/m,
    ],
  },
];

/** Returns source text of a login whose password is another one. */
function longerPassword(role: string, name: string): string {
  const password = `new RandomPassword("database-${name}", { length: 33, special: false }, { parent: this })`;
  return `{ user: DATABASE.${role}, password: ${password}.result }`;
}

describe("the verdict on a change", { concurrency: 2 }, () => {
  const clones: Clone[] = [];
  const free: Clone[] = [];

  before(async () => {
    clones.push(await Clone.make("one"), await Clone.make("two"));
    free.push(...clones);
  });
  after(async () => {
    for (const clone of clones) await clone.dispose();
  });

  for (const { change, edits, stack = "local", ...expected } of cases) {
    test(change, async () => {
      const clone = free.pop();
      assert.ok(clone, "no more tests at a time than clones");
      try {
        await clone.edit(edits);
        const plan = await clone.plan(stack);
        const verdict = assess(plan);
        const findings = findingsOf(plan, [], "2026-11-22");
        const text = report("main", [{ plan, findings }]);
        const services = serviceChanges(plan.before, plan.after).map(
          (one) => `${one.stack}/${one.service} ${one.effect}`,
        );
        const names = (all: readonly { name: string }[]) => [...new Set(all.map(({ name }) => name))].sort();
        assert.equal(verdict.grade, expected.grade);
        if (expected.replaced) assert.deepEqual(names(verdict.replacements), [...new Set(expected.replaced)].sort());
        assert.deepEqual(names(verdict.deletions), expected.deleted ?? []);
        if (expected.services) assert.deepEqual(services, expected.services);
        assert.deepEqual(
          findings.fresh.map(({ rule }) => rule.id),
          expected.violations ?? [],
        );
        for (const pattern of expected.says ?? []) assert.match(text, pattern);
        assert.doesNotMatch(text, /papersecret/);
        if (expected.previewRefuses === undefined) await agrees(clone, stack, plan);
        else await refuses(clone, stack, expected.previewRefuses);
      } finally {
        free.push(clone);
      }
    });
  }
});

async function refuses(clone: Clone, stack: string, message: RegExp): Promise<void> {
  await assert.rejects(
    clone.ordinaryPreview(stack),
    (error: unknown) => error instanceof ReviewError && message.test(error.details.join("\n")),
  );
}

/**
 * Checks that the ordinary preview creates, replaces and deletes the same resources. It may update
 * more of them, because it plans for the worst if a value is unknown.
 */
async function agrees(clone: Clone, stack: string, plan: Awaited<ReturnType<Clone["plan"]>>): Promise<void> {
  const ordinary = await clone.ordinaryPreview(stack);
  const by = (changes: typeof plan.changes, operation: string) =>
    changes.filter((change) => change.operation === operation).map(({ resource }) => resource.urn);
  for (const operation of ["create", "replace", "delete"]) {
    assert.deepEqual(by(plan.changes, operation), by(ordinary.changes, operation), operation);
  }
  const updated = new Set(by(ordinary.changes, "update"));
  assert.deepEqual(
    by(plan.changes, "update").filter((urn) => !updated.has(urn)),
    [],
  );
  assert.equal(assess(plan).grade, assess(ordinary).grade);
}
