import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { parse } from "yaml";

const checkout = join(import.meta.dirname, "..");

/** Runs a script as the language host runs the program: with Pulumi.yaml's options of Node.js. */
async function run(script: string, variables: Record<string, string>): Promise<string> {
  const project = parse(await readFile(join(checkout, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: { nodeargs: string } };
  };
  const { stdout } = await execa("node", [...project.runtime.options.nodeargs.split(" "), "--eval", script], {
    cwd: checkout,
    env: { PATH: process.env["PATH"] ?? "", ...variables },
    extendEnv: false,
  });
  return stdout;
}

const loopback = "localhost,127.0.0.1,::1";
for (const [what, variables, list] of [
  ["without a list", {}, loopback],
  ["with blanks in the list", { no_proxy: "localhost, 127.0.0.1" }, loopback],
  ["with a list of the user's", { no_proxy: "a.example" }, `a.example,${loopback}`],
  ["with a list of its own", { no_grpc_proxy: "b.example", no_proxy: "a.example" }, `b.example,${loopback}`],
] as const) {
  test(`the program reaches the engine behind a proxy ${what}`, async () => {
    const proxy = { http_proxy: "http://127.0.0.1:9", ...variables };
    assert.equal(await run("process.stdout.write(process.env.no_grpc_proxy)", proxy), list);
    assert.equal(await run("process.stdout.write(process.env.http_proxy)", proxy), "http://127.0.0.1:9");
  });
}

test("a gRPC call to loopback doesn't use the proxy", async () => {
  const script = `
    const grpc = require("@grpc/grpc-js");
    const server = new grpc.Server();
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => {
      const client = new grpc.Client("127.0.0.1:" + port, grpc.credentials.createInsecure());
      client.waitForReady(Date.now() + 5000, (error) => {
        process.stdout.write(error ? error.message : "ready");
        process.exit();
      });
    });`;
  assert.equal(await run(script, { http_proxy: "http://127.0.0.1:9" }), "ready");
});
