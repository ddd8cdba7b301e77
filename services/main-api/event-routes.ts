import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { FastifyInstance } from "fastify";
import { NotReadableError } from "./answers.ts";
import { openapi } from "./openapi.ts";
import type { Page } from "./page.ts";
import type { Stats } from "./stats.ts";

/** Dependencies of the event's routes. */
export interface EventParts {
  /** Returns the event's figures. All clients share one reading. */
  stats: () => Promise<Stats>;
  page: () => Promise<Page>;
}

/** Registers the live page at `/`, its figures, and the description of this API. */
export function registerEvent(app: FastifyInstance, { stats, page }: EventParts): void {
  app.get("/", async (request, reply) => {
    const { html, gzipped, contentSecurityPolicy } = await page();
    reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", contentSecurityPolicy)
      .header("x-content-type-options", "nosniff")
      .header("referrer-policy", "no-referrer")
      .header("vary", "accept-encoding");
    if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return reply.send(html);
    return reply.header("content-encoding", "gzip").send(gzipped);
  });

  app.get(PATHS.stats, async () =>
    stats().catch((error: unknown) => {
      throw new NotReadableError("the event's figures can't be read", { cause: error });
    }),
  );

  const description = JSON.stringify(openapi);
  app.get("/openapi.json", (_request, reply) => reply.type("application/json; charset=utf-8").send(description));
}
