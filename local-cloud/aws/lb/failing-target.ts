import { Agent, createServer, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

// Runs a target that closes the connection during a request, from inside a load balancer's
// container: node failing-target.mts. Prints the answers that a client with a keep-alive connection
// gets.

const target = createServer(({ url, socket }, response) => {
  if (url === "/fails") socket.destroy();
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

// Waits until the target is healthy. The caller limits the time.
while ((await ask("/")) !== 200) await delay(100);
process.stdout.write(JSON.stringify([await ask("/fails"), await ask("/")]));
process.exit();
