import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { RECONCILE_PORT } from "../control-plane/api.ts";
import { ensureBase } from "./base.ts";
import { coalesce } from "./coalesce.ts";
import { containerName, logsTail } from "./containers.ts";

/** How long a control plane that has just been started may take to answer, in milliseconds. */
const START_TIMEOUT = 30_000;

/**
 * Has the control plane bring security groups, metadata and cgroups in line with the records and
 * containers, and returns when that is done. A resource calls it after it changed a group, a rule,
 * or a container that has groups. Calls that come while one is under way share the next one.
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

/** The control plane is not there, or could not do its work. */
class ReconcileError extends Error {
  readonly code = "ReconcileFailed";
  override name = "ReconcileError";
}
