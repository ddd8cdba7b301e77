import assert from "node:assert/strict";
import { test } from "node:test";
import type { Properties } from "../provider/resource-type.ts";
import { exampleView } from "./example-view.ts";
import { MetadataService } from "./metadata.ts";

function service(properties: Properties = {}) {
  const clock = { now: 1_000_000 };
  const metadata = new MetadataService({
    account: "123456789012",
    region: "ap-northeast-2",
    credentialsOf: (role, instance) =>
      Promise.resolve({
        AccessKeyId: "ASIA1",
        SecretAccessKey: "key",
        Token: `${role}/${instance}`,
        Expiration: "later",
      }),
    now: () => clock.now,
  });
  const view = exampleView(properties);
  const ask = async (
    path: string,
    headers: Record<string, string> = {},
    { method = "GET", from = 0 }: { method?: string; from?: number } = {},
  ) => {
    const member = view.members[from];
    assert.ok(member);
    const { status, body = "", headers: answered } = await metadata.answer({ method, path, headers }, member, view);
    return { status, body: body.toString(), headers: answered };
  };
  const token = async (ttl = "60", from = 0) => {
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": ttl };
    return (await ask("/latest/api/token", headers, { method: "PUT", from })).body;
  };
  const get = async (path: string) => ask(path, { "x-aws-ec2-metadata-token": await token() });
  return { ask, token, get, clock };
}

test("a PUT request gets a token, and the answer repeats the time to live that it asks for", async () => {
  const { ask } = service();
  const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "21600" };
  const answer = await ask("/latest/api/token", headers, { method: "PUT" });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.headers, headers);
  assert.equal((await ask("/latest/api/token", headers)).status, 405);
});

for (const ttl of ["0", "21601", "-1", "1.5", "ten", ""]) {
  test(`a token can't live ${JSON.stringify(ttl)} seconds`, async () => {
    const { ask } = service();
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": ttl };
    assert.equal((await ask("/latest/api/token", headers, { method: "PUT" })).status, 400);
  });
}

test("a request through a proxy gets no token", async () => {
  const { ask } = service();
  const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "60", "x-forwarded-for": "10.0.0.9" };
  assert.equal((await ask("/latest/api/token", headers, { method: "PUT" })).status, 403);
});

test("a request without a token is refused where tokens are required", async () => {
  assert.equal((await service().ask("/latest/meta-data/instance-id")).status, 401);
});

test("a request without a token is answered where tokens are optional", async () => {
  const { ask } = service({ metadataOptions: { httpTokens: "optional" } });
  assert.equal((await ask("/latest/meta-data/instance-id")).body, "i-1");
});

test("a wrong token is refused even where tokens are optional", async () => {
  const { ask } = service({ metadataOptions: { httpTokens: "optional" } });
  assert.equal((await ask("/latest/meta-data/instance-id", { "x-aws-ec2-metadata-token": "wrong" })).status, 401);
});

test("a token expires after its time to live", async () => {
  const { ask, token, clock } = service();
  const headers = { "x-aws-ec2-metadata-token": await token("60") };
  clock.now += 59_999;
  assert.equal((await ask("/latest/meta-data/instance-id", headers)).status, 200);
  clock.now += 1;
  assert.equal((await ask("/latest/meta-data/instance-id", headers)).status, 401);
});

test("a token of one instance is refused from another", async () => {
  const { ask, token } = service();
  const headers = { "x-aws-ec2-metadata-token": await token() };
  assert.equal((await ask("/latest/meta-data/instance-id", headers, { from: 1 })).status, 401);
});

test("a service that is disabled refuses every request", async () => {
  const { ask } = service({ metadataOptions: { httpEndpoint: "disabled" } });
  assert.equal((await ask("/latest/meta-data/")).status, 403);
});

for (const [path, expected] of [
  ["instance-id", "i-1"],
  ["instance-type", "t3.micro"],
  ["local-ipv4", "10.0.1.4"],
  ["public-ipv4", "198.18.0.10"],
  ["placement/region", "ap-northeast-2"],
  ["placement/availability-zone", "ap-northeast-2a"],
  ["mac", "02:42:0a:00:01:04"],
  ["public-keys/0/openssh-key", "ssh-ed25519 AAAA operator"],
  ["public-keys/", "0=operator"],
  ["iam/security-credentials/", "host-role"],
  ["security-groups", "web"],
  ["network/interfaces/macs/", "02:42:0a:00:01:04/"],
  ["network/interfaces/macs/02:42:0a:00:01:04/subnet-ipv4-cidr-block", "10.0.1.0/24"],
] as const) {
  test(`meta-data/${path} is ${JSON.stringify(expected)}`, async () => {
    assert.deepEqual(await service().get(`/latest/meta-data/${path}`), {
      status: 200,
      body: expected,
      headers: undefined,
    });
  });
}

test("a folder is listed with or without a trailing slash, and the folders in it have one", async () => {
  const { get } = service();
  assert.equal((await get("/latest/meta-data/placement")).body, "availability-zone\navailability-zone-id\nregion");
  assert.equal((await get("/latest/")).body, "dynamic/\nmeta-data/\nuser-data");
});

test("dated versions are answered like the latest", async () => {
  assert.equal((await service().get("/2021-07-15/meta-data/instance-id")).body, "i-1");
});

for (const path of ["/latest/meta-data/nothing", "/nothing", "/latest/meta-data/tags/instance/Name", "/latest/user"]) {
  test(`${path} is not found`, async () => {
    assert.equal((await service().get(path)).status, 404);
  });
}

test("user data is returned unchanged, and is not found where there is none", async () => {
  assert.equal((await service().get("/latest/user-data")).body, "#!/bin/sh\necho hello\n");
  const encoded = { userData: null, userDataBase64: Buffer.from("#!/bin/sh\n").toString("base64") };
  assert.equal((await service(encoded).get("/latest/user-data")).body, "#!/bin/sh\n");
  assert.equal((await service({ userData: null }).get("/latest/user-data")).status, 404);
});

test("the role's credentials have the format of EC2", async () => {
  const { body } = await service().get("/latest/meta-data/iam/security-credentials/host-role");
  assert.deepEqual(JSON.parse(body), {
    Code: "Success",
    Type: "AWS-HMAC",
    LastUpdated: "1970-01-01T00:16:40Z",
    AccessKeyId: "ASIA1",
    SecretAccessKey: "key",
    Token: "host-role/i-1",
    Expiration: "later",
  });
});

test("an instance without a profile has no credentials", async () => {
  const { get } = service({ iamInstanceProfile: "" });
  assert.equal((await get("/latest/meta-data/iam/security-credentials/")).status, 404);
});

test("tags are served where the instance's options allow it", async () => {
  const { get } = service({ metadataOptions: { httpTokens: "required", instanceMetadataTags: "enabled" } });
  assert.equal((await get("/latest/meta-data/tags/instance/Name")).body, "first");
});

test("the identity document names account, region and instance", async () => {
  const { body } = await service().get("/latest/dynamic/instance-identity/document");
  const { accountId, region, instanceId } = JSON.parse(body) as Record<string, string>;
  assert.deepEqual([accountId, region, instanceId], ["123456789012", "ap-northeast-2", "i-1"]);
});

test("each name that a listing shows has a document, as cloud-init expects of the version it asks for", async () => {
  const { get } = service({ userData: "#!/bin/sh\n", keyName: "operator" });
  const walk = async (folder: string): Promise<string[]> => {
    const { status, body } = await get(folder);
    assert.equal(status, 200, folder);
    const names = body.split("\n").map((name) => name.replace(/^(\d+)=.*$/, "$1/"));
    const paths = names.map((name) => `${folder}${name}`);
    const nested = await Promise.all(paths.map(async (path) => (path.endsWith("/") ? walk(path) : [path])));
    return nested.flat();
  };
  const documents = await walk("/2021-03-23/meta-data/");
  for (const path of [...documents, "/2021-03-23/user-data", "/2021-03-23/dynamic/instance-identity/document"]) {
    assert.equal((await get(path)).status, 200, path);
  }
  for (const name of ["instance-id", "local-hostname", "placement/availability-zone", "public-keys/0/openssh-key"]) {
    assert.ok(documents.includes(`/2021-03-23/meta-data/${name}`), name);
  }
});
