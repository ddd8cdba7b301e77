import { randomInt } from "node:crypto";
import { json } from "node:stream/consumers";
import { Gifticons } from "../test/support/gifticons.ts";
import type { Outputs } from "../test/support/local-stack.ts";
import { waitUntil } from "../test/support/wait-until.ts";

// Proves that the environment works: one user's request through the load balancer, and on to its end. Reads the program's outputs
// from standard input, and shows them and what to try next.

/** User ids of proofs are far from those that a load test or an example takes. */
const FIRST_PROOF_USER = 9_000_000_000;

const outputs = (await json(process.stdin)) as Outputs;
const userId = FIRST_PROOF_USER + randomInt(1_000_000_000);
const client = new Gifticons(outputs.apiUrl);

try {
  const start = performance.now();
  let last = "nothing answered";
  // A load balancer that has just been made may still be counting its first health checks. The key makes the retries one request.
  const accepted = await waitUntil(`an answer of ${outputs.apiUrl}/gifticons`, async () => {
    const answer = await client.ask(userId, `proof-${userId}`);
    last = `${answer.status} ${answer.text}`;
    return answer.status >= 200 && answer.status < 300 ? answer : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; the last answer: ${last}`);
  });
  const requestId = accepted.requestId ?? "";
  const end = await client.follow(requestId);
  if (end.status !== "issued")
    throw new Error(`request ${requestId} ended ${end.status} (${end.reason ?? "no reason"})`);
  const seconds = ((performance.now() - start) / 1_000).toFixed(2);
  console.log(
    `\nProof: POST /gifticons for user ${userId} -> ${accepted.status}, issued as ${end.code ?? "?"} after ${seconds} s`,
  );
  show(requestId);
} catch (error) {
  console.error(
    `error: the environment is up, but a request does not get through it\n` +
      `       ${error instanceof Error ? error.message : String(error)}\n` +
      `       Look at the services on the manager: ./run pulumi stack output, then docker service ls there.`,
  );
  process.exitCode = 1;
} finally {
  await client.close();
}

function show(requestId: string): void {
  const { nodes, ...single } = outputs;
  console.log("\nThe environment:");
  for (const [name, value] of Object.entries(single)) {
    console.log(`  ${name.padEnd(22)} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
  console.log("\nIts nodes:");
  for (const { name, role, privateIp, labels } of nodes) {
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    console.log(`  ${name.padEnd(22)} ${role.padEnd(8)} ${privateIp.padEnd(15)} ${shown.join(" ")}`.trimEnd());
  }
  console.log(`
What to try next:
  ${outputs.apiUrl}/    the live page, in a browser on this machine
  curl -i ${outputs.apiUrl}/gifticons -H 'content-type: application/json' -d '{"userId": 1}'
  curl ${outputs.apiUrl}/gifticons/${requestId}
  ./run pulumi preview --diff --stack local
  ./run test e2e
  ./run destroy`);
}
