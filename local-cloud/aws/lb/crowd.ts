import { Agent, createServer, get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

// A crowd at a load balancer, from inside of its container, where a target of its answers too: node crowd.mts CLIENTS. Each client keeps its connection
// and asks twice. Prints how many requests were answered and how many connections the target saw.

const clients = Number(process.argv[2]);
const together = 50;
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

// Until the target counts as healthy; whoever started this bounds the wait.
const first = new Agent({ keepAlive: true });
while ((await ask(first)) !== 200) await delay(100);

for (let round = 0; round < 2; round++) {
  const waiting = agents.values();
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (const agent of waiting) if ((await ask(agent)) === 200) answered++;
    }),
  );
}
process.stdout.write(JSON.stringify({ answered, connections }));
process.exit();
