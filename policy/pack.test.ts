import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import analyzerGrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzerPb from "@pulumi/pulumi/proto/analyzer_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";

const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
const urn = "urn:pulumi:dev::gifticon-event::aws:rds/instance:Instance::database";

test(
  "Pulumi's policy runner starts the pack, and the pack answers the engine's calls",
  { timeout: 300_000 },
  async () => {
    // The pack connects to this address only when it logs.
    const pack = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    pack.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    try {
      // The pack prints its port as its first line. It prints nothing when it can't start.
      const [port] = (await Promise.race([
        once(createInterface(pack.stdout), "line"),
        once(pack, "close").then(() => assert.fail(`the pack ended: ${said}`)),
      ])) as [string];
      const client = new analyzerGrpc.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
      assert.deepEqual(await judge(client, { publiclyAccessible: false }), []);
      assert.deepEqual(await judge(client, { publiclyAccessible: true }), [["private-database", urn]]);
      client.close();
    } finally {
      pack.kill();
    }
  },
);

/** Returns the pack's violations for a stack of one database. */
async function judge(client: InstanceType<typeof analyzerGrpc.AnalyzerClient>, inputs: Record<string, boolean>) {
  const database = new analyzerPb.AnalyzerResource()
    .setType("aws:rds/instance:Instance")
    .setName("database")
    .setUrn(urn)
    .setOptions(new analyzerPb.AnalyzerResourceOptions())
    .setProperties(structPb.Struct.fromJavaScript(inputs));
  const answer = await new Promise<InstanceType<typeof analyzerPb.AnalyzeResponse>>((resolve, reject) => {
    client.analyzeStack(
      new analyzerPb.AnalyzeStackRequest().setResourcesList([database]),
      (error: ServiceError | null, response) => {
        if (error === null) resolve(response);
        else reject(error);
      },
    );
  });
  return answer
    .getDiagnosticsList()
    .map((diagnostic) => [diagnostic.getPolicyname(), diagnostic.getUrn()])
    .filter(([name]) => name === "private-database");
}
