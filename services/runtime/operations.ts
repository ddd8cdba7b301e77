import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

/** Result of a check: ok, or not ok with the reason. */
export type CheckResult = { ok: true } | { ok: false; reason: string };

/** Checks the current state. */
export type Check = () => CheckResult | Promise<CheckResult>;

/** State of a service for its operations. */
export interface Operations {
  registry: Registry;
  /** Health of the process. Swarm replaces a task that is not healthy. */
  health: Check;
  /** Readiness of the service to serve requests now. */
  readiness: Check;
}

/** Adds `/healthz`, `/readyz` (200 or 503 with the reason) and `/metrics` (Prometheus). */
export function registerOperations(app: FastifyInstance, { registry, health, readiness }: Operations): void {
  const route = (url: string, check: Check) => {
    app.get(url, { logLevel: "warn" }, async (_request, reply) => {
      const result = await check();
      return reply.code(result.ok ? 200 : 503).send(result);
    });
  };
  route(PATHS.health, health);
  route(PATHS.readiness, readiness);
  app.get(PATHS.metrics, { logLevel: "warn" }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

/**
 * Returns a health check that passes from the first readiness on. Until then, the reason why the
 * service isn't ready is also the reason why it isn't healthy. So a deployment that can never serve
 * (a wrong password, a wrong address) fails instead of passing as healthy. After that, an outage of
 * the broker or the database is no reason to restart the process.
 *
 * @param running checks a process that was ready once. One that fails should be restarted.
 * @param proven checks that a ready process has worked once. Before that it is not healthy, so a
 *   process that ends at its first work never becomes healthy.
 */
export function healthyOnceReady(
  readiness: Check,
  running: () => CheckResult,
  proven: () => CheckResult = () => ({ ok: true }),
): Pick<Operations, "health" | "readiness"> {
  let started = false;
  const observed = async () => {
    const result = await readiness();
    started ||= result.ok && proven().ok;
    return result;
  };
  return {
    readiness: observed,
    health: async () => {
      if (started) return running();
      const ready = await observed();
      const result = ready.ok ? proven() : ready;
      return result.ok ? result : { ok: false, reason: `starting: ${result.reason}` };
    },
  };
}
