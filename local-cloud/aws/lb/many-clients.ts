import { Agent, createServer, get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

// Runs a target and CLIENTS clients of a load balancer, from inside its container: node
// many-clients.mts CLIENTS. Each client keeps its connection and sends two requests. Prints how
// many requests were answered and how many connections the target accepted.

const clients = Number(process.argv[2]);
const concurrency = 50;
let connections = 0;
let answered = 0;

const target = createServer((_request, response) => {
  response.end("ok");
});
target.keepAliveTimeout = 60_000;
target.on("connection", () => connections++);
await new Promise<void>((resolve) => target.listen(8080, resolve));

const agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));

async function ask(agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port: 80, agent }, (response) => {
      response.resume().on("end", () => {
        resolve(response.statusCode ?? 0);
      });
    }).on("error", reject);
  });
}

// Waits until the target is healthy. The caller limits the time.
const first = new Agent({ keepAlive: true });
while ((await ask(first)) !== 200) await delay(100);

for (let round = 0; round < 2; round++) {
  const waiting = agents.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const agent of waiting) if ((await ask(agent)) === 200) answered++;
    }),
  );
}
process.stdout.write(JSON.stringify({ answered, connections }));
process.exit();
