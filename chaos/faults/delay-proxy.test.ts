import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

test("the proxy delays both directions, keeps the order and counts pieces and connections", async () => {
  const sockets = new Set<Socket>();
  const echo = createServer((socket) => sockets.add(socket).size && socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  const script = fileURLToPath(new URL("delay-proxy.ts", import.meta.url));
  // With port 0 the proxy takes a free port and prints it.
  const proxy = execa(process.execPath, [script, "0", String(port), "20"], { stdin: "pipe", reject: false });
  const [first] = (await once(proxy.stdout, "data")) as [Buffer];
  const listening = Number(/^listening on (\d+)/.exec(first.toString())?.[1]);
  const client = connect(listening, "127.0.0.1");
  const words = ["one", "two"];
  for (const word of words) {
    client.write(word);
    const [answered] = (await once(client, "data")) as [Buffer];
    assert.equal(answered.toString(), word);
  }
  client.destroy();
  proxy.stdin.end();
  assert.equal((await proxy).stdout.split("\n").at(-1), "4 1");
  for (const socket of sockets) socket.destroy();
  echo.close();
});
