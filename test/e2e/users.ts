import assert from "node:assert/strict";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { ApiClient, type Answer } from "../../operate/api-client.ts";
import type { LocalStack } from "../../operate/local-stack.ts";

/** The users of a story. No step uses another step's users. */
export class Users {
  readonly #stack: LocalStack;
  #next = 1;

  constructor(stack: LocalStack) {
    this.#stack = stack;
  }

  /** Returns the ids of users whom no step has used. */
  fresh(count: number): number[] {
    return Array.from({ length: count }, () => this.#next++);
  }

  /** Calls the API through the load balancer. */
  async withClient<T>(use: (client: ApiClient) => Promise<T>): Promise<T> {
    const client = new ApiClient((await this.#stack.outputs()).apiUrl);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }

  /** Issues a gifticon. It retries, because a new load balancer first counts its health checks. */
  async issueOne(): Promise<void> {
    await this.withClient(async (client) => {
      const [userId = 0] = this.fresh(1);
      const answer = await waitUntil("a first answer", async () => {
        const one = await client.ask(userId, `first-${userId}`);
        return one.status < 300 && one.status > 0 ? one : undefined;
      });
      assert.equal((await client.follow(answer.requestId ?? "")).status, "issued");
    });
  }

  /**
   * Sends requests of new users, ten at a time, until `work` has ended. Every accepted request must
   * then be issued.
   */
  async underLoad(work: () => Promise<void>): Promise<void> {
    await this.withClient(async (client) => {
      const accepted: Answer[] = [];
      const ended = new AbortController();
      const asking = (async () => {
        while (!ended.signal.aborted)
          accepted.push(...(await client.askAll(this.fresh(10))).filter(({ status }) => status === 202));
      })();
      await work().finally(() => {
        ended.abort();
      });
      await asking;
      assert.ok(accepted.length > 100, `the load was hardly running: ${accepted.length} accepted`);
      const states = await Promise.all(accepted.map(({ requestId }) => client.follow(requestId ?? "")));
      assert.deepEqual([...new Set(states.map(({ status }) => status))], ["issued"]);
    });
  }
}
