import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent, request as send, type IncomingMessage, type RequestOptions, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { LayerCache } from "./layer-cache.ts";
import { loginIsValid } from "./login.ts";
import { errorBody, isDigest, isImmutable, layerOf, parsePath, type RepositoryRules } from "./rules.ts";

/**
 * A gateway that makes a plain registry behave like ECR: TLS and login, pushes only to existing
 * repositories, immutable tags. The plain registry listens on the loopback interface of the same
 * container. `registry.ts` copies the gateway's files into the container.
 */

const folder = import.meta.dirname;
const upstream = { host: "127.0.0.1", port: 5_000, agent: new Agent({ keepAlive: true }) };
/** The plain registry's limit for the size of a manifest, in bytes. */
const manifestLimit = 4 * 1024 ** 2;

const account = process.env["LOCAL_CLOUD_ACCOUNT"] ?? "";
const key = await readFile(`${folder}/login.key`);
const layers = new LayerCache("/var/cache/layers", "/var/lib/registry");

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  if (!loginIsValid(request.headers.authorization, key, Date.now())) {
    const realm = `Basic realm="https://${request.headers.host ?? ""}/",service="ecr.amazonaws.com"`;
    response.setHeader("www-authenticate", realm);
    refuse(
      response,
      401,
      "UNAUTHORIZED",
      "Your authorization token has expired, or is missing. Reauthenticate and try again.",
    );
    return;
  }
  const target = parsePath(url);
  if (target === undefined) return forward(request, response);
  const repository = (await repositories()).find(({ name }) => name === target.repository);
  if (repository === undefined) {
    const message = `The repository with name '${target.repository}' does not exist in the registry with id '${account}'`;
    refuse(response, 404, "NAME_UNKNOWN", message);
    return;
  }
  if (method === "DELETE" && target.kind !== "blobs") {
    refuse(response, 405, "UNSUPPORTED", "Images are deleted with their repository only");
    return;
  }
  const layer = layerOf(url);
  if (layer !== undefined) {
    if (method === "HEAD") await layers.provide(repository.name, layer);
    if (method === "PUT") response.on("finish", () => void cacheLayer(layer, response.statusCode));
    return forward(request, response);
  }
  if (
    method !== "PUT" ||
    target.kind !== "manifests" ||
    isDigest(target.reference) ||
    !isImmutable(repository, target.reference)
  ) {
    return forward(request, response);
  }
  await putImmutable(request, response, repository.name, target.reference);
}

async function cacheLayer(layer: string, status: number): Promise<void> {
  if (status !== 201) return;
  // A push succeeds without the cache too.
  await layers.add(layer).catch((error: unknown) => {
    console.error(error);
  });
}

/** Forwards a manifest, unless its tag belongs to another image. */
async function putImmutable(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  tag: string,
): Promise<void> {
  if (Number(request.headers["content-length"] ?? 0) > manifestLimit) {
    refuse(response, 413, "MANIFEST_INVALID", "The manifest is too large");
    return;
  }
  const manifest = await buffer(request);
  const present = await digestOf(request.url ?? "/", request.headers["content-type"] ?? "*/*");
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  if (present !== undefined && present !== digest) {
    const message = `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`;
    refuse(response, 400, "TAG_INVALID", message);
    return;
  }
  return forward(request, response, manifest);
}

/** Returns the digest of a manifest, or undefined when there is none. */
async function digestOf(path: string, accept: string): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  send({ ...upstream, method: "HEAD", path, headers: { accept } }, resolve)
    .on("error", reject)
    .end();
  const answered = await promise;
  answered.resume();
  const digest = answered.headers["docker-content-digest"];
  return answered.statusCode === 200 && typeof digest === "string" ? digest : undefined;
}

async function forward(request: IncomingMessage, response: ServerResponse, body?: Buffer): Promise<void> {
  const { method, url } = request;
  const passed = { ...request.headers };
  delete passed.authorization;
  const options: RequestOptions = {
    ...upstream,
    ...(method === undefined ? {} : { method }),
    path: url ?? "/",
    headers: passed,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = send(options, resolve).on("error", reject);
  if (body === undefined) request.pipe(outgoing);
  else outgoing.end(body);
  const answered = await promise;
  response.writeHead(answered.statusCode ?? 502, answered.headers);
  await pipeline(answered, response);
}

let lastRead: RepositoryRules[] = [];

/**
 * Returns the repositories of the account. While their file is being replaced, returns those that
 * were read before.
 */
async function repositories(): Promise<RepositoryRules[]> {
  try {
    lastRead = JSON.parse(await readFile(`${folder}/repositories.json`, "utf8")) as RepositoryRules[];
  } catch (error) {
    console.error(error);
  }
  return lastRead;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(errorBody(code, message));
}

const registry = spawn("docker-registry", ["serve", `${folder}/registry.yml`], { stdio: "inherit" });
// The gateway ends with the plain registry. Docker then restarts the container.
registry.on("exit", () => process.exit(1));
process.on("SIGTERM", () => {
  registry.removeAllListeners("exit");
  registry.kill();
  process.exit(0);
});

const [cert, serverKey] = await Promise.all([readFile(`${folder}/server.crt`), readFile(`${folder}/server.key`)]);
createServer({ cert, key: serverKey }, (request, response) => {
  handle(request, response).catch((error: unknown) => {
    console.error(error);
    if (!response.headersSent) refuse(response, 502, "UNKNOWN", "The registry does not answer");
    else response.destroy();
  });
}).listen(443);
