import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { loginIsValid, loginKey } from "../aws/ecr/gateway/login.ts";
import { encryptValue } from "../aws/ssm/encrypted-value.ts";
import type { LocalRecord } from "../engine/records.ts";
import type { ApiContext, ApiHandler, ApiRequest } from "./api.ts";
import { ecrApi } from "./ecr-api.ts";
import { ssmApi } from "./ssm-api.ts";
import { truststore } from "./truststore.ts";

const secret = randomBytes(32);
const authority = () => Promise.resolve({ secret, certificate: "PEM" });
const account = "000000000001";
const region = "eu-west-1";

const policy = (...statements: object[]): LocalRecord => ({
  type: "aws:iam/rolePolicy:RolePolicy",
  id: "host:main",
  properties: { role: "host", policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) },
});
const allow = (Action: string, Resource = "*") => policy({ Effect: "Allow", Action, Resource });
const parameter: LocalRecord = {
  type: "aws:ssm/parameter:Parameter",
  id: "/app/key",
  properties: {
    type: "SecureString",
    dataType: "text",
    lastModified: 1_700_000_000,
    version: 3,
    sealedValue: encryptValue(secret, "/app/key", "the secret"),
  },
};

function contextOf(records: LocalRecord[], changes: Partial<ApiContext> = {}): ApiContext {
  return {
    caller: { sourceAddress: "10.0.0.4", machine: false, instanceId: "i-1", roleName: "host" },
    signed: true,
    account,
    region,
    records: (type) => Promise.resolve(records.filter((record) => type === undefined || record.type === type)),
    ...changes,
  };
}

function requestOf(target: string, body: object): ApiRequest {
  const headers = { authorization: "AWS4-HMAC-SHA256 ...", "x-amz-target": target };
  return { method: "POST", host: "x", path: "/", headers, body: JSON.stringify(body) };
}

async function ask(handler: ApiHandler, request: ApiRequest, context: ApiContext) {
  const { status, body } = await handler(request, context);
  return { status, body: JSON.parse(String(body)) as Record<string, unknown> };
}

const getToken = requestOf("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", {});
const getParameter = (input: object) => requestOf("AmazonSSM.GetParameter", input);
const parameterArn = `arn:aws:ssm:${region}:${account}:parameter/app/key`;

test("a role that may log in to the registry gets a login that the registry accepts", async () => {
  const { status, body } = await ask(ecrApi(authority), getToken, contextOf([allow("ecr:GetAuthorizationToken")]));
  assert.equal(status, 200);
  const [data] = body["authorizationData"] as { authorizationToken: string; proxyEndpoint: string }[];
  assert.equal(data?.proxyEndpoint, `https://${account}.dkr.ecr.${region}.amazonaws.com`);
  assert.ok(loginIsValid(`Basic ${data.authorizationToken}`, loginKey(secret), Date.now()));
});

test("a role without that permission gets the error message of AWS", async () => {
  const { status, body } = await ask(ecrApi(authority), getToken, contextOf([allow("ssm:*")]));
  assert.equal(status, 400);
  assert.deepEqual(body, {
    __type: "AccessDeniedException",
    message:
      `User: arn:aws:sts::${account}:assumed-role/host/i-1 is not authorized to perform: ecr:GetAuthorizationToken ` +
      "on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
  });
});

test("a role that may read a parameter gets it decrypted when it asks for that", async () => {
  const context = contextOf([allow("ssm:GetParameter", `arn:aws:ssm:*:*:parameter/app/*`), parameter]);
  const request = getParameter({ Name: "/app/key", WithDecryption: true });
  const { status, body } = await ask(ssmApi(authority), request, context);
  assert.equal(status, 200);
  assert.deepEqual(body["Parameter"], {
    ARN: parameterArn,
    DataType: "text",
    LastModifiedDate: 1_700_000_000,
    Name: "/app/key",
    Type: "SecureString",
    Value: "the secret",
    Version: 3,
  });
});

test("without WithDecryption a SecureString stays encrypted", async () => {
  const context = contextOf([allow("ssm:*"), parameter]);
  const { body } = await ask(ssmApi(authority), getParameter({ Name: "/app/key" }), context);
  assert.equal(JSON.stringify(body).includes("the secret"), false);
});

for (const name of [parameterArn, "/app/key:3", `${parameterArn}:3`]) {
  test(`a parameter may be named ${name}`, async () => {
    const context = contextOf([allow("ssm:*"), parameter]);
    assert.equal((await ask(ssmApi(authority), getParameter({ Name: name }), context)).status, 200);
  });
}

const refusals: [string, ApiRequest, ApiContext, string][] = [
  ["a parameter that does not exist", getParameter({ Name: "/other" }), contextOf([allow("*")]), "ParameterNotFound"],
  [
    "a version that is gone",
    getParameter({ Name: "/app/key:2" }),
    contextOf([allow("*"), parameter]),
    "ParameterVersionNotFound",
  ],
  ["a request without a name", getParameter({}), contextOf([allow("*")]), "ValidationException"],
  ["another operation", requestOf("AmazonSSM.PutParameter", {}), contextOf([allow("*")]), "UnknownOperationException"],
  [
    "a parameter that the role's policy does not cover",
    getParameter({ Name: "/app/key" }),
    contextOf([allow("ssm:*", "arn:aws:ssm:*:*:parameter/b/*"), parameter]),
    "AccessDeniedException",
  ],
  [
    "an explicit deny",
    getParameter({ Name: "/app/key" }),
    contextOf([
      policy({ Effect: "Allow", Action: "*", Resource: "*" }, { Effect: "Deny", Action: "ssm:*", Resource: "*" }),
      parameter,
    ]),
    "AccessDeniedException",
  ],
  [
    "a wrong signature",
    getParameter({ Name: "/app/key" }),
    contextOf([allow("*"), parameter], { signed: false }),
    "InvalidSignatureException",
  ],
  [
    "no signature",
    { ...getParameter({ Name: "/app/key" }), headers: { "x-amz-target": "AmazonSSM.GetParameter" } },
    contextOf([allow("*"), parameter], { signed: false }),
    "MissingAuthenticationTokenException",
  ],
];

for (const [what, request, context, code] of refusals) {
  test(`${what}: ${code}`, async () => {
    const { status, body } = await ask(ssmApi(authority), request, context);
    assert.equal(status, 400);
    assert.equal(body["__type"], code);
    assert.equal(JSON.stringify(body).includes("the secret"), false);
  });
}

test("the machine itself needs neither signature nor role", async () => {
  const context = contextOf([parameter], { signed: false, caller: { sourceAddress: "198.18.0.1", machine: true } });
  assert.equal((await ask(ssmApi(authority), getParameter({ Name: "/app/key" }), context)).status, 200);
});

test("the CA bundle for databases holds the account's CA, and other paths are not found", async () => {
  const get = (path: string) => ({ method: "GET", host: "x", path, headers: {}, body: "" });
  const answer = truststore(authority);
  assert.equal((await answer(get("/global/global-bundle.pem"), contextOf([]))).body, "PEM");
  assert.equal((await answer(get("/global/other.pem"), contextOf([]))).status, 404);
});
