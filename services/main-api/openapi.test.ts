import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { fastify } from "fastify";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { registerRoutes } from "./app.ts";
import { OverloadedError } from "./batcher.ts";
import { openapi } from "./openapi.ts";
import { apiOver, type ApiStub, ID, partsWith } from "./testing.ts";

const json = { "content-type": "application/json" };
/** Returns the described headers of an answer, and which are required. */
type Headers = Record<string, { required?: boolean }>;
type Responses = Record<string, { headers?: Headers }>;

const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]: [string, { responses: Responses }]) => ({
    path,
    method: method.toUpperCase(),
    statuses: Object.keys(responses),
    headers: Object.entries(responses).flatMap(([status, { headers = {} }]) =>
      Object.keys(headers).map((name) => `${status} ${name}`),
    ),
  })),
);

test("the description is valid OpenAPI", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(openapi));
  assert.equal(errors, undefined);
  assert.ok(valid);
});

test("it describes every route and no other", async () => {
  const routes = new Set<string>();
  const app = fastify();
  app.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) routes.add(`${each} ${url.replace(/:(\w+)/g, "{$1}")}`);
  });
  registerRoutes(app, partsWith({}));
  await app.ready();
  // Fastify answers HEAD wherever there is a GET.
  const served = [...routes].filter((route) => !route.startsWith("HEAD "));
  assert.deepEqual(served.sort(), operations.map(({ method, path }) => `${method} ${path}`).sort());
});

test("every described answer occurs and matches its description", async () => {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(openapi, "openapi");
  const seen = new Set<string>();

  /** Sends a request and checks the answer against its description. */
  const check = async (path: string, stub: ApiStub, request: { body?: string; headers?: object; id?: string } = {}) => {
    const method = path === "/gifticons" ? "POST" : "GET";
    const url = path.replace("{requestId}", request.id ?? ID);
    const { body = '{"userId": 1}', headers = json } = request;
    const options = method === "POST" ? { body, headers: { ...headers } } : {};
    const response = await apiOver(stub).inject({ method, url, ...options });
    const { statusCode } = response;
    const type = response.headers["content-type"]?.split(";")[0] ?? "";
    const pointer = ["paths", path, method.toLowerCase(), "responses", `${statusCode}`]
      .map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1"))
      .join("/");
    const validate = ajv.compile({ $ref: `openapi#/${pointer}/content/${type.replaceAll("/", "~1")}/schema` });
    assert.ok(
      validate(type === "application/json" ? response.json() : response.body),
      `${method} ${url} ${statusCode}: ${ajv.errorsText(validate.errors)}: ${response.body}`,
    );
    const described = ajv.getSchema(`openapi#/${pointer}`)?.schema as { headers?: Headers } | undefined;
    for (const [name, { required }] of Object.entries(described?.headers ?? {})) {
      const given = response.headers[name.toLowerCase()] !== undefined;
      assert.ok(given || required !== true, `${method} ${url} ${statusCode} has no ${name}`);
      if (given) seen.add(`${method} ${path} ${statusCode} ${name}`);
    }
    seen.add(`${method} ${path} ${statusCode}`);
  };

  const issued = { requestId: ID, status: "issued", code: "7K3M-Q9TX-0B5R-ZV2H" } as const;
  const rejected = (reason: "duplicate" | "sold_out") => ({ requestId: ID, status: "rejected", reason }) as const;
  for (const status of [
    { requestId: ID, status: "queued" } as const,
    issued,
    rejected("duplicate"),
    rejected("sold_out"),
  ]) {
    await check("/gifticons", { accept: () => Promise.resolve(status) });
    await check("/gifticons/{requestId}", { findStatus: () => Promise.resolve(status) });
  }
  for (const error of [new OverloadedError(""), new UnavailableError(""), new OutcomeUnknownError(""), new Error("")]) {
    await check("/gifticons", { accept: () => Promise.reject(error) });
  }
  await check("/gifticons", {}, { body: '{"userId": 0}' });
  await check("/gifticons", {}, { body: "x".repeat(5_000) });
  await check("/gifticons", {}, { headers: { "content-type": "text/csv" } });
  await check("/gifticons", {}, { headers: { ...json, "content-encoding": "gzip" } });
  await check("/gifticons", {}, { headers: { ...json, "transfer-encoding": "gzip, chunked" } });
  await check("/gifticons/{requestId}", {}, { id: "1" });
  await check("/gifticons/{requestId}", { findStatus: () => Promise.reject(new Error("away")) });
  await check("/stats", {});
  await check("/stats", { stats: () => Promise.reject(new Error("away")) });
  for (const ok of [true, false]) {
    const result = ok ? ({ ok } as const) : ({ ok, reason: "away" } as const);
    await check("/healthz", { check: result });
    await check("/readyz", { check: result });
  }
  for (const path of ["/", "/openapi.json", "/metrics"]) await check(path, {});

  const described = operations.flatMap(({ method, path, statuses, headers }) =>
    [...statuses, ...headers].map((part) => `${method} ${path} ${part}`),
  );
  assert.deepEqual([...seen].sort(), described.sort());
});
