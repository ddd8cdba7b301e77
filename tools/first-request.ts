import { randomInt } from "node:crypto";
import { json } from "node:stream/consumers";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { ApiClient } from "../operate/api-client.ts";
import type { Outputs } from "../operate/local-stack.ts";
import { describeEnvironment } from "./environment-text.ts";
import { describeEnd, prove } from "./proof.ts";

// Proves that the environment works: sends one user's request through the load balancer and follows
// it to its end. Reads the program's outputs from standard input, and shows them with next steps.

/** First user id of proofs, far from the ids of load tests and examples. */
const FIRST_PROOF_USER = 9_000_000_000;

const outputs = (await json(process.stdin)) as Outputs;
const userId = FIRST_PROOF_USER + randomInt(1_000_000_000);
const client = new ApiClient(outputs.apiUrl);

try {
  const start = performance.now();
  const { status, requestId, end } = await prove(client, userId);
  const seconds = ((performance.now() - start) / 1_000).toFixed(2);
  console.log(
    `\nProof: POST ${PATHS.gifticons} for user ${userId} -> ${status}, ${describeEnd(end)}, after ${seconds} s`,
  );
  console.log(describeEnvironment(outputs, requestId));
} catch (error) {
  console.error(
    `error: the environment is up, but a request fails\n` +
      `       ${error instanceof Error ? error.message : String(error)}\n` +
      `       Run ./run doctor: it names the fault and the next step.`,
  );
  process.exitCode = 1;
} finally {
  await client.close();
}
