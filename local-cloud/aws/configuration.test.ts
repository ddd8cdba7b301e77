import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dryRun } from "../dry-run/dry-run.ts";
import { EngineLog } from "../provider/server/engine-log.ts";
import { Provider } from "../provider/server/provider.ts";
import { configuration, dryRunConfiguration, settingsWithoutEffect } from "./configuration.ts";
import { aws } from "./package.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const stackFile = "urn:pulumi:local::project::pulumi:providers:aws::default_7_48_0";
const account = "990000000077";

const served = { ...aws, begin: () => Promise.resolve() };
const here = () => new Provider(served, new EngineLog());
const inDryRun = () => new Provider(dryRun(aws, new Map()), new EngineLog());
const declarations = readFileSync(fileURLToPath(import.meta.resolve("@pulumi/aws/provider.d.ts")), "utf8");
const [, argumentsOfProvider = ""] = /export interface ProviderArgs \{\n(.*?)\n\}/s.exec(declarations) ?? [];
const realKeys = [...argumentsOfProvider.matchAll(/^ {4}(\w+)\?:/gm)].map(([, key]) => key);

beforeEach(() => {
  process.env["LOCAL_CLOUD_ACCOUNT"] = account;
});
afterEach(async () => {
  await here().configure({});
  delete process.env["LOCAL_CLOUD_ACCOUNT"];
});

async function checked(
  provider: Provider,
  type: string,
  inputs: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const urn = `urn:pulumi:local::project::${type}::main`;
  const answer = await provider.check(urn, undefined, inputs, new Uint8Array(32));
  assert.deepEqual(answer.failures, []);
  return answer.inputs;
}

const checkedVpc = (provider: Provider, tags: unknown) =>
  checked(provider, "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags });

describe("the provider's configuration", () => {
  it("has each key of the real provider", () => {
    assert.ok(realKeys.length > 30, String(realKeys.length));
    assert.deepEqual(Object.keys(configuration.shape).sort(), [...realKeys].sort());
    assert.deepEqual(Object.keys(dryRunConfiguration.shape).sort(), [...realKeys].sort());
  });

  it("accepts the engine's form: JSON for members that aren't strings, and digits as numbers", () => {
    const given = {
      region: "eu-west-1",
      profile: "true",
      maxRetries: "5",
      skipRegionValidation: "true",
      allowedAccountIds: `[${account}]`,
      defaultTags: '{"tags":{"Year":2026,"Paid":true}}',
      userAgents: "",
    };
    assert.deepEqual(here().checkConfig(stackFile, given), {
      inputs: {
        region: "eu-west-1",
        profile: "true",
        maxRetries: 5,
        skipRegionValidation: true,
        allowedAccountIds: [account],
        defaultTags: { tags: { Year: "2026", Paid: "true" } },
      },
      failures: [],
    });
  });

  it("keeps secret values and secrets within JSON secret, and never prints one", () => {
    const tags = JSON.stringify({ tags: { Owner: secret("hidden-name") } });
    const { inputs, failures } = here().checkConfig(stackFile, {
      token: secret("hidden-token"),
      defaultTags: tags,
      ignoreTags: secret('{"keys":["hidden-key"]}'),
    });
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, {
      token: secret("hidden-token"),
      defaultTags: { tags: { Owner: secret("hidden-name") } },
      ignoreTags: secret({ keys: ["hidden-key"] }),
    });
    const wrong = here().checkConfig(stackFile, { region: secret("hidden place") }).failures;
    assert.match(wrong[0]?.reason ?? "", /^must be the name of a region, such as ap-northeast-2 \(got \[secret\]\)/);
  });

  for (const [key, value] of [
    ["endpoints", '[{"s3":"http://127.0.0.1:1"}]'],
    ["assumeRoles", '[{"roleArn":"arn:aws:iam::123456789012:role/x"}]'],
    ["assumeRoleWithWebIdentity", '{"roleArn":"arn:aws:iam::123456789012:role/x"}'],
    ["tagPolicyCompliance", "error"],
  ] as const) {
    it(`refuses ${key} with its key and file, and accepts it in a dry run`, () => {
      const [failure, ...others] = here().checkConfig(stackFile, { [key]: value }).failures;
      assert.deepEqual(others, []);
      assert.equal(failure?.property, key);
      assert.match(failure.reason, /local-cloud: it has /);
      assert.ok(failure.reason.endsWith(`it is aws:${key} in Pulumi.local.yaml`), failure.reason);
      assert.deepEqual(inDryRun().checkConfig(stackFile, { [key]: value }).failures, []);
    });
  }

  it("names an unknown key and the allowed ones", () => {
    const [failure] = here().checkConfig(stackFile, { defaultTag: "{}" }).failures;
    assert.match(failure?.reason ?? "", /^unknown property; allowed: region, defaultTags, /);
    assert.match(failure?.reason ?? "", /it is aws:defaultTag in Pulumi\.local\.yaml$/);
  });

  it("reports settings without effect by key, without values", () => {
    assert.deepEqual(settingsWithoutEffect({ region: "eu-west-1", skipMetadataApiCheck: true }), []);
    assert.deepEqual(settingsWithoutEffect({ profile: "work", secretKey: "hidden" }), [
      "aws:profile, aws:secretKey: no effect here, because the local cloud never connects to AWS",
    ]);
  });

  it("refuses an account that isn't allowed, and names the account, the setting and the next step", async () => {
    await here().configure({ allowedAccountIds: [account] });
    await assert.rejects(here().configure({ allowedAccountIds: ["123456789012"] }), {
      message:
        `AWS account ${account} is not allowed: aws:allowedAccountIds allows only 123456789012. It is the local ` +
        "cloud's account of this checkout. Correct the setting, or set LOCAL_CLOUD_ACCOUNT to an allowed account",
    });
    await assert.rejects(here().configure({ forbiddenAccountIds: [account] }), /aws:forbiddenAccountIds forbids it/);
    await inDryRun().configure({ allowedAccountIds: ["123456789013"] });
  });
});

describe("the provider's tags", () => {
  it("are in tagsAll of each resource with tags, and the resource's own tags have precedence", async () => {
    const provider = here();
    await provider.configure({ defaultTags: '{"tags":{"Team":"event","Name":"none"}}' });
    assert.deepEqual((await checkedVpc(provider, { Name: "main" }))["tagsAll"], { Team: "event", Name: "main" });
    assert.deepEqual((await checkedVpc(provider, undefined))["tagsAll"], { Team: "event", Name: "none" });
    const route = await checked(provider, "aws:ec2/route:Route", {
      routeTableId: "rtb-0123456789abcdef0",
      gatewayId: "igw-0123456789abcdef0",
      destinationCidrBlock: "0.0.0.0/0",
    });
    assert.equal("tagsAll" in route, false);
  });

  it("apply in a dry run too, where a change is an update in place", async () => {
    const provider = inDryRun();
    const before = await checkedVpc(provider, { Name: "main" });
    assert.equal("tagsAll" in before, false);
    await provider.configure({ defaultTags: { tags: { Team: "event" } } });
    const after = await checkedVpc(provider, { Name: "main" });
    const urn = "urn:pulumi:local::project::aws:ec2/vpc:Vpc::main";
    const { changes } = provider.diff(urn, before, after);
    assert.deepEqual(
      changes.map(({ path, replaces }) => [path, replaces]),
      [[["tagsAll"], false]],
    );
    assert.deepEqual(
      provider.diff(urn, after, before).changes.map(({ kind }) => kind),
      ["delete"],
    );
  });

  it("leave out ignored keys and prefixes", async () => {
    const provider = here();
    await provider.configure({ ignoreTags: { keys: ["Owner"], keyPrefixes: ["kubernetes.io/"] } });
    const tags = { Name: "main", Owner: "me", "kubernetes.io/cluster": "x" };
    assert.deepEqual((await checkedVpc(provider, tags))["tagsAll"], { Name: "main" });
  });

  it("are unknown while a tag of the resource is unknown", async () => {
    const provider = here();
    await provider.configure({ defaultTags: { tags: { Team: "event" } } });
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    assert.equal((await checkedVpc(provider, { Name: unknown }))["tagsAll"], unknown);
  });

  it("count in AWS's limit of 50", async () => {
    const provider = here();
    await provider.configure({
      defaultTags: { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag${index}`, ""])) },
    });
    const urn = "urn:pulumi:local::project::aws:ec2/vpc:Vpc::main";
    const inputs = { cidrBlock: "10.0.0.0/16", tags: { Name: "main" } };
    const { failures } = await provider.check(urn, undefined, inputs, new Uint8Array(32));
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["tagsAll"],
    );
  });
});
