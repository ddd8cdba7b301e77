import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

/** A state: ok, or not ok with the reason. */
export type Verdict = { ok: true } | { ok: false; reason: string };

/** Returns the current verdict. */
export type Judge = () => Verdict | Promise<Verdict>;

/** State of a service for its operations. */
export interface Operations {
  registry: Registry;
  /** Health of the process. Swarm replaces a task that is not healthy. */
  health: Judge;
  /** Readiness of the service to serve requests now. */
  readiness: Judge;
}

/** Adds `/healthz`, `/readyz` (200 or 503 with the reason) and `/metrics` (Prometheus). */
export function registerOperations(app: FastifyInstance, { registry, health, readiness }: Operations): void {
  const route = (url: string, judge: Judge) => {
    app.get(url, { logLevel: "warn" }, async (_request, reply) => {
      const verdict = await judge();
      return reply.code(verdict.ok ? 200 : 503).send(verdict);
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
 * @param running judges a process that was ready once. One that fails should be restarted.
 * @param proven judges a ready process. Until it has worked once, it is not healthy, so that a
 *   process that ends at its first work never is.
 */
export function healthyOnceReady(
  readiness: Judge,
  running: () => Verdict,
  proven: () => Verdict = () => ({ ok: true }),
): Pick<Operations, "health" | "readiness"> {
  let started = false;
  const observed = async () => {
    const verdict = await readiness();
    started ||= verdict.ok && proven().ok;
    return verdict;
  };
  return {
    readiness: observed,
    health: async () => {
      if (started) return running();
      const ready = await observed();
      const verdict = ready.ok ? proven() : ready;
      return verdict.ok ? verdict : { ok: false, reason: `starting: ${verdict.reason}` };
    },
  };
}
