import { Agent, createServer, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

// A target that dies under a request, from inside of a load balancer's container: node dying-target.mts. Prints what a client with a kept connection was answered.

const target = createServer(({ url, socket }, response) => {
  if (url === "/dies") socket.destroy();
  else response.end("ok");
});
await new Promise<void>((resolve) => target.listen(8080, resolve));

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function ask(path: string): Promise<number | string> {
  return new Promise((resolve) => {
    request({ port: 80, agent, method: "POST", path }, (response) => {
      response.resume().on("end", () => {
        resolve(response.statusCode ?? 0);
      });
    })
      .on("error", ({ message }) => {
        resolve(message);
      })
      .end("a request");
  });
}

// Until the target counts as healthy; whoever started this bounds the wait.
while ((await ask("/")) !== 200) await delay(100);
process.stdout.write(JSON.stringify([await ask("/dies"), await ask("/")]));
process.exit();
