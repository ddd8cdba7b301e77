import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { RECONCILE_PORT } from "../control-plane/api.ts";
import { ensureBase } from "./base.ts";
import { coalesce } from "./coalesce.ts";
import { containerName, logsTail } from "./containers.ts";

/** Milliseconds that a control plane may take to answer after its start. */
const START_TIMEOUT = 30_000;

/**
 * Makes the control plane apply the records and containers: security groups, metadata and hop
 * limits. Returns when that is done. A resource calls it after a change of a group, a rule, or a
 * container with groups. Calls during a run share the next one.
 */
export const reconcile = coalesce(post);

async function post(): Promise<void> {
  const { controlPlaneAddress } = await ensureBase();
  const end = Date.now() + START_TIMEOUT;
  for (;;) {
    try {
      const answer = await request(`http://${controlPlaneAddress}:${RECONCILE_PORT}/reconcile`, {
        method: "POST",
        headersTimeout: START_TIMEOUT,
      });
      const text = await answer.body.text();
      if (answer.statusCode === 200) return;
      throw new ReconcileError(`the control plane could not apply the account's state: ${text}`);
    } catch (error) {
      if (error instanceof ReconcileError) throw error;
      if (Date.now() > end) {
        const printed = await logsTail(containerName("control-plane"), 20);
        throw new ReconcileError(
          `the control plane at ${controlPlaneAddress} does not answer; its last lines:\n${printed}`,
          {
            cause: error,
          },
        );
      }
      await delay(100);
    }
  }
}

/** The control plane does not answer, or its run failed. */
class ReconcileError extends Error {
  readonly code = "ReconcileFailed";
  override name = "ReconcileError";
}
