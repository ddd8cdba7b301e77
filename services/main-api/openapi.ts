import { BODY_BYTES, PATHS } from "@gifticon/contract/facts/http.ts";

const json = (schema: string) => ({ "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } });
const answer = (description: string, schema: string) => ({ description, content: json(schema) });
const refused = (description: string) => answer(description, "Error");

const retryAfter = {
  "Retry-After": {
    description: "Seconds after which a retry may succeed.",
    required: true,
    schema: { type: "integer" },
  },
};
const location = {
  Location: {
    description: "Path of the request's status.",
    required: true,
    schema: { type: "string", format: "uri-reference" },
  },
};
const acceptable = {
  Accept: { description: "The media type that is accepted, when another one was sent.", schema: { type: "string" } },
  "Accept-Encoding": {
    description: "The content coding that is accepted, when another one was sent.",
    schema: { type: "string" },
  },
};
const later = (description: string) => ({ ...refused(description), headers: retryAfter });
const decided = (description: string, schema: string) => ({ ...answer(description, schema), headers: location });

const requestId = { type: "string", format: "uuid", description: "The request's id, a UUID in lower case." };
const count = (description: string) => ({ type: "integer", minimum: 0, description });
const countOrNull = (description: string) => ({ type: ["integer", "null"], minimum: 0, description });
const object = (properties: Record<string, object>, optional: string[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const checkRoute = (path: string, good: string) => ({
  get: {
    operationId: path,
    summary: good,
    responses: { 200: answer("Yes.", "Good"), 503: answer("No, and why not.", "Bad") },
  },
});

/**
 * Description of main-api in OpenAPI 3.1, served at `/openapi.json`. `openapi.test.ts` compares it
 * with the routes and their answers.
 */
export const openapi = {
  openapi: "3.1.0",
  info: {
    title: "Gifticon event: main-api",
    version: "1.0.0",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    description:
      "Accepts requests for gifticons. A method that is not described gets 405 with `Allow`, and an unknown path 404. " +
      "These answers, and those to invalid HTTP, have a body like `Error`.",
  },
  servers: [{ url: "/" }],
  paths: {
    [PATHS.gifticons]: {
      post: {
        operationId: "requestGifticon",
        summary: "Request a gifticon for a user",
        description:
          "When the answer is a success, the request can't be lost any more. After an answer `503` with `outcome: unknown`, or no answer, retry with the same `Idempotency-Key`.",
        parameters: [
          {
            name: "Idempotency-Key",
            in: "header",
            description: "Requests of the same user with the same key are one request.",
            schema: { type: "string", pattern: "^[!-~]{1,255}$" },
          },
        ],
        requestBody: { required: true, content: json("NewRequest") },
        responses: {
          201: decided("Mode direct: issued.", "Issued"),
          202: decided("Mode kafka: accepted, and acknowledged by the broker. Read its status by its id.", "Queued"),
          400: refused("The body or the key is wrong; `field` says which."),
          409: decided("Mode direct: the user has a gifticon already.", "Rejected"),
          410: decided("Mode direct: sold out.", "Rejected"),
          413: refused(`The body has more than ${BODY_BYTES} bytes.`),
          415: {
            ...refused("The body is not application/json, or it has a content coding such as gzip."),
            headers: acceptable,
          },
          500: refused("The server failed."),
          501: refused("The body has a transfer coding other than chunked."),
          503: later(
            "Too many requests, or the broker or the database is unavailable. `outcome` says whether the request may have been accepted.",
          ),
        },
      },
    },
    [`${PATHS.gifticons}/{requestId}`]: {
      get: {
        operationId: "getRequest",
        summary: "The status of a request",
        description: "An unknown id is `queued` too.",
        parameters: [
          {
            name: "requestId",
            in: "path",
            required: true,
            description: "In any case.",
            schema: { type: "string", format: "uuid" },
          },
        ],
        responses: {
          200: answer("The request's status.", "Status"),
          400: refused("Not a UUID."),
          503: later("The status can't be read now."),
        },
      },
    },
    [PATHS.stats]: {
      get: {
        operationId: "getStats",
        summary: "The figures of the event",
        description: "The figures of all tasks of main-api together, not older than a second.",
        responses: { 200: answer("The figures.", "Stats"), 503: later("The figures can't be read now.") },
      },
    },
    "/": {
      get: {
        operationId: "getPage",
        summary: "The live page",
        responses: {
          200: { description: "The page, for a browser.", content: { "text/html": { schema: { type: "string" } } } },
        },
      },
    },
    "/openapi.json": {
      get: {
        operationId: "getDescription",
        summary: "This description",
        responses: {
          200: { description: "OpenAPI 3.1.", content: { "application/json": { schema: { type: "object" } } } },
        },
      },
    },
    [PATHS.health]: checkRoute("getHealth", "Health of this task's process"),
    [PATHS.readiness]: checkRoute("getReadiness", "Readiness of this task to serve requests now"),
    [PATHS.metrics]: {
      get: {
        operationId: "getMetrics",
        summary: "This task's metrics, for Prometheus",
        responses: { 200: { description: "Text format.", content: { "text/plain": { schema: { type: "string" } } } } },
      },
    },
  },
  components: {
    schemas: {
      NewRequest: object({
        userId: {
          type: "integer",
          format: "int64",
          minimum: 1,
          description: "1 to 2^63 - 1, written as plain digits.",
        },
      }),
      Queued: object({ requestId, status: { const: "queued" } }),
      Issued: object({
        requestId,
        status: { const: "issued" },
        code: { type: "string", pattern: "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$" },
      }),
      Rejected: object({ requestId, status: { const: "rejected" }, reason: { enum: ["duplicate", "sold_out"] } }),
      Status: { oneOf: ["Queued", "Issued", "Rejected"].map((name) => ({ $ref: `#/components/schemas/${name}` })) },
      Stats: object({
        mode: {
          enum: ["kafka", "direct"],
          description: "Path of requests: through Kafka, or directly to the database.",
        },
        at: {
          type: "integer",
          description: "Time of the reading by the database's clock, in milliseconds since 1970.",
        },
        accepted: countOrNull(
          "Accepted requests: records written to the topic, in mode direct decided requests. Null while the broker is unavailable.",
        ),
        queued: countOrNull(
          "Accepted and not decided yet: the issuer's lag. Null while the broker is unavailable, and in mode direct, which has no queue.",
        ),
        held: countOrNull(
          "Part of `queued` that another producer's open transaction holds back. Null while the broker is unavailable, and in mode direct.",
        ),
        issued: count("Gifticons issued."),
        rejected: object({
          duplicate: count("Requests of users who have a gifticon."),
          soldOut: count("Requests after the stock was empty."),
        }),
        stock: object({ total: count("Gifticons in all."), remaining: count("Gifticons left.") }),
      }),
      Error: object(
        {
          code: { type: "string", description: "Stable code for programs." },
          message: { type: "string", description: "The fault and the remedy, for people." },
          field: { type: "string", description: "The invalid field of the request." },
          outcome: {
            enum: ["not_accepted", "unknown"],
            description: "States whether a failed request may have been accepted nevertheless.",
          },
          requestId,
        },
        ["field", "outcome", "requestId"],
      ),
      Good: object({ ok: { const: true } }),
      Bad: object({ ok: { const: false }, reason: { type: "string" } }),
    },
  },
};
