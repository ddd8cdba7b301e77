import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials } from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";
import type { ResourceType } from "../resource-type.ts";
import { EngineLog } from "./engine-log.ts";
import { listen } from "./grpc-server.ts";
import { Provider } from "./provider.ts";

const note: ResourceType<{ text?: string | undefined }> = {
  token: "test:index:Note",
  inputs: z.strictObject({ text: z.string().optional() }),
  replaceOn: [],
  create: () => Promise.reject(new Error("nothing is made here")),
  read: () => Promise.resolve(undefined),
  delete: () => Promise.resolve(),
};

test("a provider accepts and sends messages that exceed gRPC's default of 4 MB", async () => {
  const log = new EngineLog();
  const nothing = { configuration: z.strictObject({}), functions: [] };
  const provider = new Provider({ name: "test", version: "1.0.0", ...nothing, resources: [note] }, log);
  const { port, close } = await listen(provider, log);
  const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  try {
    const text = "x".repeat(5 * 1024 * 1024);
    const request = new providerPb.CheckRequest();
    request.setUrn("urn:pulumi:test::test::test:index:Note::long");
    request.setNews(structPb.Struct.fromJavaScript({ text }));
    request.setRandomseed(new Uint8Array(32));
    const answer = await new Promise<InstanceType<typeof providerPb.CheckResponse>>((resolve, reject) => {
      client.check(request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
    assert.deepEqual(answer.getFailuresList(), []);
    assert.equal(answer.getInputs()?.toJavaScript()["text"], text);
  } finally {
    client.close();
    close();
  }
});
