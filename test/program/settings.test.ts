import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSettings } from "../../infra/config/config.ts";
import { SettingsError } from "../../infra/config/settings-reader.ts";
import { REQUIRED, runProgram } from "./support/run-program.ts";

const hosts = (more: object) => ({ hosts: JSON.stringify({ ami: "ami-0123456789abcdef0", ...more }) });

/** Wrong settings, and the message for each. */
const faults: [settings: Record<string, string>, message: string][] = [
  [{ mode: "fast" }, 'gifticon-event:mode is "fast", allowed is one of kafka, direct'],
  [{ workers: "0" }, "gifticon-event:workers is 0, allowed is a whole number from 1 to 50 (hosts)"],
  [{ workers: "51" }, "gifticon-event:workers is 51, allowed is a whole number from 1 to 50 (hosts)"],
  [{ workers: "2.5" }, "gifticon-event:workers is 2.5, allowed is a whole number from 1 to 50 (hosts)"],
  [{ workers: "many" }, 'gifticon-event:workers is "many", allowed is a whole number from 1 to 50 (hosts)'],
  ...["2", "4", "0", "7", "three"].map((managers): [Record<string, string>, string] => [
    { managers },
    `gifticon-event:managers is ${managers === "three" ? '"three"' : managers}, allowed is 1, 3 or 5 (hosts): an even number survives no more losses than the odd number below it`,
  ]),
  [{ wrokers: "5" }, "gifticon-event:wrokers is not a setting: correct or remove it"],
  [hosts({ extra: {} }), "gifticon-event:hosts.extra is not a setting: correct or remove it"],
  [{ hosts: "{}" }, "gifticon-event:hosts.ami is missing: the id of a Debian 13 amd64 image"],
  [{ hosts: '{"ami":"ami-1"}' }, 'gifticon-event:hosts.ami is "ami-1", allowed is the id of a Debian 13 amd64 image'],
  [
    hosts({ worker: { instanceType: "t9.huge" } }),
    'gifticon-event:hosts.worker.instanceType is "t9.huge", allowed is one of t3.micro',
  ],
  [
    hosts({ manager: { diskGib: 4 } }),
    "gifticon-event:hosts.manager.diskGib is 4, allowed is a whole number from 8 to 1000 (GiB)",
  ],
  [
    hosts({ worker: { labels: { "A B": "x" } } }),
    'gifticon-event:hosts.worker.labels.A B is "x", allowed is a label of lower-case letters',
  ],
  [
    hosts({ worker: { labels: { a: "x y" } } }),
    'gifticon-event:hosts.worker.labels.a is "x y", allowed is a label\'s value',
  ],
  [
    hosts({ kafka: { labels: {} } }),
    "gifticon-event:hosts.kafka.labels is {}, allowed is labels with kafka_server: true",
  ],
  [{ loadGenerator: "jmeter" }, 'gifticon-event:loadGenerator is "jmeter", allowed is one of off, k6, ngrinder'],
  [
    { loadGenerator: "k6", ...hosts({ loadGenerator: { labels: {} } }) },
    "gifticon-event:hosts.loadGenerator.labels is {}, allowed is labels with load_generator: true",
  ],
  [
    { loadGenerator: "ngrinder", ...hosts({ loadGenerator: { instanceType: "t3.medium" } }) },
    'gifticon-event:hosts.loadGenerator.instanceType is "t3.medium", allowed is a type of at least 8 GiB of memory',
  ],
  [
    hosts({ worker: { labels: { load_generator: "true" } } }),
    'gifticon-event:hosts.worker.labels is {"load_generator":"true"}, allowed is labels without load_generator',
  ],
  [{ operators: "{}" }, "gifticon-event:operators.cidrs is missing: a list of the IPv4 ranges that you work from"],
  [{ operators: '{"cidrs":[]}' }, "gifticon-event:operators.cidrs is [], allowed is a list of the IPv4 ranges"],
  [{ operators: '{"cidrs":["0.0.0.0/0"]}' }, 'gifticon-event:operators.cidrs[0] is "0.0.0.0/0", allowed is'],
  [{ operators: '{"cidrs":["203.0.113.7"]}' }, 'gifticon-event:operators.cidrs[0] is "203.0.113.7", allowed is'],
  [
    { operators: '{"cidrs":["203.0.113.7/32"],"sshPublicKeys":["AAAA"]}' },
    'gifticon-event:operators.sshPublicKeys[0] is "AAAA", allowed is an OpenSSH public key',
  ],
  [
    { network: '{"vpcCidr":"10.0.0.0/8"}' },
    'gifticon-event:network.vpcCidr is "10.0.0.0/8", allowed is a range of /16 to /24',
  ],
  [
    { network: '{"zones":["ap-northeast-2a","ap-northeast-2a"]}' },
    'gifticon-event:network.zones is ["ap-northeast-2a","ap-northeast-2a"], allowed is two availability zones',
  ],
  [
    { network: '{"zones":["ap-northeast-2a","2b"]}' },
    'gifticon-event:network.zones[1] is "2b", allowed is two availability zones of the region',
  ],
  [
    { network: '{"vpcCidr":"10.0.0.1/16"}' },
    'gifticon-event:network.vpcCidr is "10.0.0.1/16", allowed is an IPv4 range',
  ],
  [
    { network: '{"vpcCidr":"172.18.0.0/16"}' },
    'gifticon-event:network.vpcCidr is "172.18.0.0/16", allowed is a range outside of 172.17.0.0/16 and 172.18.0.0/16',
  ],
  [
    hosts({ worker: { labels: { kafka_server: "true" } } }),
    'gifticon-event:hosts.worker.labels is {"kafka_server":"true"}, allowed is labels without kafka_server',
  ],
  [
    { network: '{"overlayCidr":"10.0.0.0/16"}' },
    'gifticon-event:network.overlayCidr is "10.0.0.0/16", allowed is a range outside of network.vpcCidr',
  ],
  [{ entrance: '{"cidrs":[]}' }, "gifticon-event:entrance.cidrs is [], allowed is"],
  [{ swarm: '{"encryptedOverlay":"on"}' }, 'gifticon-event:swarm.encryptedOverlay is "on", allowed is true or false'],
  [{ swarm: '{"rotation":0}' }, "gifticon-event:swarm.rotation is 0, allowed is a whole number from 1 to 1000000"],
  [
    { database: '{"instanceClass":"db.t9"}' },
    'gifticon-event:database.instanceClass is "db.t9", allowed is one of db.t3.micro',
  ],
  [
    { database: '{"storageGib":5}' },
    "gifticon-event:database.storageGib is 5, allowed is a whole number from 20 to 1000 (GiB)",
  ],
  [{ database: '{"engineVersion":"9"}' }, 'gifticon-event:database.engineVersion is "9", allowed is one of 16, 17'],
  [
    { database: '{"backupRetentionDays":36}' },
    "gifticon-event:database.backupRetentionDays is 36, allowed is a whole number from 0 to 35 (days)",
  ],
  [
    { kafka: '{"partitions":0}' },
    "gifticon-event:kafka.partitions is 0, allowed is a whole number from 1 to 100 (partitions)",
  ],
  [
    { kafka: '{"retentionHours":0}' },
    "gifticon-event:kafka.retentionHours is 0, allowed is a whole number from 1 to 8760 (hours)",
  ],
  [{ api: '{"replicas":6}' }, "gifticon-event:api.replicas is 6, allowed is at most as many as workers (5)"],
  [{ api: '{"memoryMib":1}' }, "gifticon-event:api.memoryMib is 1, allowed is a whole number from 128 to 16384 (MiB)"],
  [
    { issuer: '{"memoryMib":1}' },
    "gifticon-event:issuer.memoryMib is 1, allowed is a whole number from 128 to 16384 (MiB)",
  ],
  [
    { event: '{"stock":0}' },
    "gifticon-event:event.stock is 0, allowed is a whole number from 1 to 100000000 (gifticons)",
  ],
  [{ event: "5" }, "gifticon-event:event is 5, allowed is a value of type object"],
  [
    { deployment: '{"timeoutSeconds":1}' },
    "gifticon-event:deployment.timeoutSeconds is 1, allowed is a whole number from 30 to 3600 (seconds)",
  ],
];

for (const [settings, message] of faults) {
  test(`wrong settings ${JSON.stringify(settings)} cause an error with key, value and allowed values`, () => {
    assert.throws(
      () => load(settings),
      (error) => {
        assert.ok(error instanceof SettingsError);
        assert.deepEqual(
          error.problems.map((problem) => problem.slice(0, message.length)),
          [message],
        );
        return true;
      },
    );
  });
}

test("all wrong settings are reported at once", () => {
  assert.throws(
    () => load({ workers: "0", mode: "fast", unknown: "1" }),
    (error) => error instanceof SettingsError && error.problems.length === 3 && error.message.startsWith("3 wrong"),
  );
});

test("the error for a missing setting says how to look up its value", () => {
  assert.throws(
    () => loadSettings({}),
    /aws ssm get-parameter --name \/aws\/service\/debian\/release\/13\/latest\/amd64/,
  );
  assert.throws(() => loadSettings({}), /curl https:\/\/checkip\.amazonaws\.com/);
});

test("settings of other projects are ignored", () => {
  assert.equal(loadSettings({ ...REQUIRED, "aws:region": "eu-west-1" }).workers, 5);
});

test("with fewer than four workers, each runs one replica of the API", () => {
  assert.equal(load({ workers: "2" }).api.replicas, 2);
  assert.equal(load({ workers: "9" }).api.replicas, 4);
});

test("wrong settings stop the program before it creates anything", async () => {
  await assert.rejects(runProgram({ "gifticon-event:workers": "0" }), SettingsError);
});

function load(settings: Record<string, string>) {
  const prefixed = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`gifticon-event:${key}`, value]));
  return loadSettings({ ...REQUIRED, ...prefixed });
}

test("the value of an encrypted setting is in no message", () => {
  const wrong = { ...REQUIRED, "gifticon-event:workers": "99", "gifticon-event:mode": "fast" };
  assert.throws(
    () => loadSettings(wrong, (key) => key === "gifticon-event:workers"),
    (error: unknown) => {
      assert.ok(error instanceof SettingsError);
      assert.deepEqual(error.problems, [
        'gifticon-event:mode is "fast", allowed is one of kafka, direct',
        "gifticon-event:workers is an encrypted value, allowed is a whole number from 1 to 50 (hosts)",
      ]);
      return true;
    },
  );
});
