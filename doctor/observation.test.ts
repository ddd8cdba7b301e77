import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { SshHosts } from "../operate/ssh-hosts.ts";
import { observe } from "./observation.ts";
import { declared, healthyHost, healthySwarm } from "./testing.ts";

test("asks the load balancer for the readiness of the API, because a task without its topic stays healthy", async () => {
  const server = createServer((socket) => {
    socket.once("data", (request) => {
      const path = request.toString("latin1").split(" ")[1];
      const status = path === PATHS.readiness ? "503 Service Unavailable" : "200 OK";
      socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const run = (_host: string, _command: readonly string[], script: string) =>
      Promise.resolve(JSON.stringify(script.includes("JoinTokens") ? healthySwarm() : healthyHost()));
    const outputs = { ...declared.outputs, apiUrl: `http://127.0.0.1:${port}` };
    const { loadBalancer } = await observe({ run } as unknown as SshHosts, outputs, []);
    assert.equal(loadBalancer, 503);
  } finally {
    server.close();
  }
});
