import { after } from "node:test";
import type { CheckResult } from "@gifticon/runtime/operations.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { Registry } from "prom-client";
import { type ApiParts, createApp } from "./app.ts";
import { Drain } from "./drain.ts";
import { createApiMetrics } from "./metrics.ts";
import type { Stats } from "./stats.ts";

export const ID = "01890000-0000-7000-8000-000000000000";
export const STATS: Stats = {
  mode: "kafka",
  at: 1_766_620_800_000,
  accepted: 12,
  queued: 3,
  held: 0,
  issued: 7,
  rejected: { duplicate: 1, soldOut: 1 },
  stock: { total: 7, remaining: 0 },
};

/** Dependencies that a test replaces. The others succeed. */
export interface ApiStub {
  accept?: (request: GifticonRequest) => Promise<RequestStatus>;
  findStatus?: (requestId: string) => Promise<RequestStatus>;
  stats?: () => Promise<Stats>;
  /** Result of both checks: health and readiness. */
  check?: CheckResult;
  registry?: Registry;
  log?: Logger;
}

/** Returns the API's dependencies with a test's replacements. */
export function partsWith(stub: ApiStub): ApiParts {
  const check = () => stub.check ?? { ok: true };
  const registry = stub.registry ?? new Registry();
  return {
    acceptor: {
      accept: stub.accept ?? (({ requestId }) => Promise.resolve({ requestId, status: "queued" })),
      pending: () => 0,
      readiness: check,
      close: () => Promise.resolve(),
    },
    metrics: createApiMetrics(registry, () => 0),
    operations: { registry, health: check, readiness: check },
    log: stub.log ?? pino({ level: "silent" }),
    drain: new Drain(),
    findStatus: stub.findStatus ?? ((requestId) => Promise.resolve({ requestId, status: "issued", code: "CODE" })),
    stats: stub.stats ?? (() => Promise.resolve(STATS)),
    page: () =>
      Promise.resolve({
        html: "<p>page</p>",
        gzipped: Buffer.from("gzip"),
        contentSecurityPolicy: "default-src 'none'",
      }),
  };
}

/** Returns the API with these dependencies. It is closed after the test. */
export function apiOver(stub: ApiStub): FastifyInstance {
  const app = createApp(partsWith(stub));
  after(() => app.close());
  return app;
}
