import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";

/** Runs bash with the functions of tools/, and only these variables. */
async function bash(script: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await execa("bash", ["-euc", `source tools/lib.sh\n${script}`], {
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
    extendEnv: false,
  });
  return stdout;
}

const loopback = "localhost,127.0.0.1,::1";
for (const [what, env, list] of [
  ["without any list", {}, loopback],
  ["with blanks in the list", { no_proxy: "localhost, 127.0.0.1" }, loopback],
  ["with two lists", { no_proxy: "a.example", NO_PROXY: "b.example,a.example" }, `a.example,b.example,${loopback}`],
  ["with everything exempt", { no_proxy: "*" }, "*"],
] as const) {
  test(`loopback is exempt from the user's proxy ${what}, and the user's own exemptions stay`, async () => {
    assert.equal(await bash('printf "%s %s" "$no_proxy" "$NO_PROXY"', env), `${list} ${list}`);
  });
}

test("the user's proxy settings stay", async () => {
  const proxies = { http_proxy: "http://p:1", https_proxy: "http://p:2", ALL_PROXY: "socks5://p:3" };
  assert.equal(
    await bash('printf "%s %s %s" "$http_proxy" "$https_proxy" "$ALL_PROXY"', proxies),
    Object.values(proxies).join(" "),
  );
});

test("the list that grpc-js prefers is extended if there is one", async () => {
  assert.equal(await bash('printf %s "${no_grpc_proxy:-none}"'), "none");
  assert.equal(await bash('printf %s "$no_grpc_proxy"', { no_grpc_proxy: "a.example" }), `a.example,${loopback}`);
  assert.equal(await bash('printf %s "$no_grpc_proxy"', { NO_PROXY: "*" }), loopback);
});

const registry = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com";
for (const [list, exempt] of [
  ["", false],
  ["localhost,127.0.0.1", false],
  ["amazonaws.com", true],
  [".amazonaws.com", true],
  [`a.example, ${registry}`, true],
  [`${registry}:443`, true],
  ["*", true],
  ["other.amazonaws.com", false],
  ["azonaws.com", false],
] as const) {
  test(`Docker ${exempt ? "connects to the registry directly" : "uses its proxy"} with NO_PROXY="${list}"`, async () => {
    assert.equal(await bash(`is_exempt ${registry} '${list}' && echo yes || echo no`), exempt ? "yes" : "no");
  });
}

const requireDirect = `
  source tools/env.sh; source tools/docker-engine.sh
  LOCAL_CLOUD_ACCOUNT=123456789012
  docker() { printf '%s\\n' "$INFO"; }
  require_direct_registry
`;

test("an engine that would use a proxy for the registry is an error with a remedy", async () => {
  const refused = bash(requireDirect, { INFO: "http://proxy:3128 http://proxy:3128 localhost" });
  await assert.rejects(refused, (error: Error) => {
    assert.match(
      error.message,
      /error: the Docker engine would use its proxy http:\/\/proxy:3128 for the local cloud's registry/,
    );
    assert.match(error.message, new RegExp(`Add ${registry} to its NO_PROXY`));
    return true;
  });
  await bash(requireDirect, { INFO: `http://proxy:3128 http://proxy:3128 localhost,${registry}` });
  await bash(requireDirect, { INFO: "- - -" });
});
