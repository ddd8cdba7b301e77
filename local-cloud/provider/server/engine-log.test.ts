import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { EngineLog } from "./engine-log.ts";
import { Empty, EngineService, LogSeverity, type LogRequest } from "./protos.ts";

const names = ["http_proxy", "https_proxy", "no_proxy", "no_grpc_proxy"] as const;
const environment = new Map(names.map((name) => [name, process.env[name]]));

before(() => {
  // Nothing listens there.
  process.env["http_proxy"] = process.env["https_proxy"] = "http://127.0.0.1:9";
  process.env["no_proxy"] = "localhost, 127.0.0.1";
  Reflect.deleteProperty(process.env, "no_grpc_proxy");
});
after(() => {
  for (const [name, value] of environment) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

test("messages reach the engine without the user's proxy", async () => {
  const received: unknown[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: (call: ServerUnaryCall<InstanceType<typeof LogRequest>, unknown>, done: sendUnaryData<unknown>) => {
      received.push([call.request.getSeverity(), call.request.getUrn(), call.request.getMessage()]);
      done(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const log = new EngineLog();
  try {
    log.connect(`127.0.0.1:${port}`);
    await log.message("warning", "low on space");
    await log.status("urn:one", "making");
    assert.deepEqual(received, [
      [LogSeverity.WARNING, "", "low on space"],
      [LogSeverity.INFO, "urn:one", "making"],
    ]);
  } finally {
    log.close();
    server.forceShutdown();
  }
});
