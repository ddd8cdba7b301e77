import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A container registry on loopback with a login, which supports only pushes (OCI Distribution
 * Specification 1.1, "push").
 */
export interface TestRegistry {
  host: string;
  /** The digests of the manifests that were pushed. */
  manifests: string[];
  stop: () => Promise<void>;
}

export async function startRegistry(username: string, password: string): Promise<TestRegistry> {
  const blobs = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const manifests: string[] = [];
  const login = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const reply = (status: number, headers: Record<string, string> = {}) => response.writeHead(status, headers).end();

    if (request.headers.authorization !== login) {
      reply(401, { "www-authenticate": 'Basic realm="test"' });
      return;
    }
    const id = pathname.split("/").at(-1) ?? "";
    if (pathname === "/v2/") reply(200);
    else if (request.method === "HEAD") {
      const blob = blobs.get(id);
      reply(blob === undefined ? 404 : 200, { "docker-content-digest": id, "content-length": `${blob?.length ?? 0}` });
    } else if (request.method === "POST") reply(202, { location: `${pathname}${randomUUID()}`, range: "0-0" });
    else if (request.method === "PATCH") {
      uploads.set(id, Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), body]));
      reply(202, { location: pathname, range: `0-${(uploads.get(id)?.length ?? 1) - 1}` });
    } else if (pathname.includes("/blobs/uploads/")) {
      const digest = searchParams.get("digest") ?? "";
      blobs.set(digest, Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), body]));
      reply(201, { location: pathname, "docker-content-digest": digest });
    } else {
      const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      manifests.push(digest);
      reply(201, { location: pathname, "docker-content-digest": digest });
    }
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    manifests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
