import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { buffer } from "node:stream/consumers";
import { accountId, region } from "../engine/account.ts";
import { issueCertificate, readAuthority, type Authority } from "../engine/ca.ts";
import { listRecords } from "../engine/records.ts";
import { apiNames, RECONCILE_PORT, type ApiContext, type ApiResponse } from "./api.ts";
import { serveDns } from "./dns.ts";
import { handlers } from "./handlers.ts";
import { MetadataService, roleOf } from "./metadata.ts";
import { Reconciler, watch } from "./reconciler.ts";
import { issueSession, openSession, type Session } from "./sessions.ts";
import { parseAuthorization, requestAge, signatureMatches } from "./sigv4.ts";

/**
 * The control plane: one container for each account that answers as AWS inside the account's
 * networks. It serves DNS and metadata in the VPCs and the APIs over TLS on the internet network.
 * It applies security groups in the network namespaces of the running containers.
 */

/** Requests to the APIs of AWS are small; SSM's largest parameter has 8 KiB. */
const BODY_LIMIT = 256 * 1024;
/** Milliseconds after which AWS refuses a signed request. */
const SIGNATURE_LIFETIME = 15 * 60_000;

const machineAddress = process.env["LOCAL_CLOUD_MACHINE_ADDRESS"] ?? "";
const reconciler = new Reconciler();

async function main(): Promise<void> {
  const authority = await readAuthority();
  const metadata = new MetadataService({
    account: accountId(),
    region: region(),
    credentialsOf: (roleName, instanceId) =>
      Promise.resolve(issueSession(authority.secret, { roleName, instanceId }, Date.now())),
    now: Date.now,
  });
  watch(reconciler, accountId()).catch(fail);
  await Promise.all([serveDns(), serveMetadata(metadata), serveApis(authority)]);
  await reconciler.reconcile();
  await serveReconcile();
  console.log(`the control plane of account ${accountId()} is up`);
}

/** Serves the provider's requests to reconcile, which it sends after each change. */
async function serveReconcile(): Promise<void> {
  const server = createHttpServer((request, response) => {
    void answering(response, async () => {
      if (addressOf(request) !== machineAddress) return { status: 403, body: "only the machine may ask for this" };
      if (request.method !== "POST" || request.url !== "/reconcile") return { status: 404 };
      await reconciler.reconcile();
      return { status: 200 };
    });
  });
  await listening((done) => server.listen(RECONCILE_PORT, "0.0.0.0", done));
}

async function serveMetadata(metadata: MetadataService): Promise<void> {
  const server = createHttpServer((request, response) => {
    void answering(response, async () => {
      const view = await reconciler.recentView();
      const member = view.members.find(
        ({ privateAddress, running }) => running && privateAddress === addressOf(request),
      );
      if (member === undefined) return { status: 404 };
      const { method = "", url = "/" } = request;
      return metadata.answer({ method, path: url, headers: headersOf(request) }, member, view);
    });
  });
  await listening((done) => server.listen(80, "0.0.0.0", done));
}

async function serveApis(authority: Authority): Promise<void> {
  const names = apiNames(region()) as [string, ...string[]];
  const { certificate, key } = issueCertificate(authority, names);
  const server = createTlsServer({ cert: certificate, key }, (request, response) => {
    void answering(response, async () => {
      const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
      const entry = handlers.find(({ prefix }) => host.startsWith(prefix));
      if (entry === undefined) return { status: 404, body: `nothing answers for ${host}` };
      if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) return { status: 413 };
      const body = await buffer(request);
      const context = await contextOf(request, body, authority);
      const { method = "", url = "/" } = request;
      return entry.handler({ method, host, path: url, headers: headersOf(request), body: body.toString() }, context);
    });
  });
  await listening((done) => server.listen(443, "0.0.0.0", done));
}

/** Identifies the sender of a request by its signature, if it has one, and its source address. */
async function contextOf(request: IncomingMessage, body: Buffer, authority: Authority): Promise<ApiContext> {
  const sourceAddress = addressOf(request);
  const view = await reconciler.recentView();
  const member = view.members.find(
    ({ privateAddress, publicAddress }) => sourceAddress === privateAddress || sourceAddress === publicAddress,
  );
  const session = sessionOf(request, body, authority);
  const roleName = session?.roleName ?? (member === undefined ? undefined : roleOf(member, view));
  return {
    caller: {
      sourceAddress,
      machine: sourceAddress === machineAddress,
      ...(member === undefined ? {} : { instanceId: member.id }),
      ...(roleName === undefined ? {} : { roleName }),
    },
    signed: session !== undefined,
    account: accountId(),
    region: region(),
    records: listRecords,
  };
}

/**
 * Returns the session whose credentials signed the request; undefined without a valid signature.
 */
function sessionOf(request: IncomingMessage, body: Buffer, authority: Authority): Session | undefined {
  const headers = headersOf(request);
  const authorization = parseAuthorization(headers["authorization"]);
  const token = headers["x-amz-security-token"];
  if (authorization === undefined || token === undefined) return undefined;
  const session = openSession(authority.secret, token, Date.now());
  if (session?.accessKeyId !== authorization.accessKeyId) return undefined;
  const signed = { method: request.method ?? "", url: request.url ?? "/", headers, body };
  const age = requestAge(signed, Date.now());
  if (age === undefined || Math.abs(age) > SIGNATURE_LIFETIME) return undefined;
  return signatureMatches(signed, authorization, session.secretAccessKey) ? session : undefined;
}

async function answering(response: ServerResponse, answer: () => Promise<ApiResponse>): Promise<void> {
  try {
    const { status, headers, body } = await answer();
    response.writeHead(status, { "content-type": "text/plain", ...headers }).end(body ?? "");
  } catch (error) {
    console.error(error);
    response.writeHead(500, { "content-type": "text/plain" });
    response.end(error instanceof Error && response.req.url === "/reconcile" ? error.message : "InternalFailure");
  }
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]),
  );
}

function listening(
  listen: (done: () => void) => { once: (event: "error", handler: (error: Error) => void) => unknown },
) {
  return new Promise<void>((resolve, reject) => {
    listen(resolve).once("error", reject);
  });
}

/** Ends the process after an error that it can't handle. Docker starts the container again. */
function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

process.on("SIGTERM", () => process.exit(0));
await main().catch(fail);
