import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

/** Good, or the reason why not. */
export type Verdict = { ok: true } | { ok: false; reason: string };

/** Judges when asked. */
export type Judge = () => Verdict | Promise<Verdict>;

/** State of a service for its operations. */
export interface Operations {
  registry: Registry;
  /** Health of the process: a process that isn't healthy is restarted. */
  health: Judge;
  /** Readiness: whether the service can serve now. */
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
 * Health that starts with the first readiness: until then the reason why the service isn't ready
 * stands as the reason why it isn't healthy, so a deployment that can never serve (a wrong
 * password, a wrong address) fails instead of passing as healthy. After that an outage of the
 * broker or the database is no reason to restart the process.
 *
 * @param running Whether a process that has been ready once should be left running.
 * @param proven Whether a process that is ready has shown that it works: one that ends at its first
 *   work is never healthy.
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
