import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect, createServer } from "node:tls";
import { issueCertificate, newAuthority } from "./ca.ts";

const authority = newAuthority();

test("a client that trusts the authority accepts a server with its certificate", async (t) => {
  const issued = issueCertificate(authority, ["db.internal.example", "other.example"]);
  const server = createServer({ cert: issued.certificate, key: issued.key }, (socket) => socket.end());
  server.listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", servername: "other.example", ca: authority.certificate });
  await once(socket, "secureConnect");
  assert.equal(socket.authorized, true);
  socket.destroy();
});

test("the certificate holds every name, even one that is too long for a common name", () => {
  const long = `${"a".repeat(60)}.${"b".repeat(20)}.example`;
  const certificate = new X509Certificate(issueCertificate(authority, [long, "two.example"]).certificate);
  assert.equal(certificate.checkHost(long), long);
  assert.equal(certificate.checkHost("two.example"), "two.example");
  assert.equal(certificate.checkHost("three.example"), undefined);
});

test("the authority's certificate is a CA's, and a certificate that it issues is not", () => {
  assert.equal(new X509Certificate(authority.certificate).ca, true);
  assert.equal(new X509Certificate(issueCertificate(authority, ["x.example"]).certificate).ca, false);
});
