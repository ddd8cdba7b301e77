import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, it } from "node:test";
import ssh2 from "ssh2";
import { z } from "zod";
import { testContext } from "../testing/context.ts";
import { privateKey } from "./private-key.ts";

const outputs = z.object({
  privateKeyPem: z.string(),
  privateKeyPemPkcs8: z.string(),
  privateKeyOpenssh: z.string(),
  publicKeyPem: z.string(),
  publicKeyOpenssh: z.string(),
  publicKeyFingerprintMd5: z.string(),
  publicKeyFingerprintSha256: z.string(),
});
const make = async (inputs: object) => {
  const created = await privateKey.create(privateKey.inputs.parse(inputs), testContext());
  return { ...created, ...outputs.parse(created.outputs) };
};

describe("a private key", () => {
  const kinds = [
    [{ algorithm: "RSA" }, "RSA PRIVATE KEY", "ssh-rsa"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp256"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P521" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp521"],
    [{ algorithm: "ED25519" }, "PRIVATE KEY", "ssh-ed25519"],
  ] as const;
  for (const [inputs, header, type] of kinds) {
    it(`of ${type} is the same key in each of its formats`, async () => {
      const key = await make(inputs);
      assert.ok(key.privateKeyPem.startsWith(`-----BEGIN ${header}-----\n`));
      for (const pem of [key.privateKeyPem, key.privateKeyPemPkcs8]) {
        const ofPrivate = createPublicKey(createPrivateKey(pem)).export({ type: "spki", format: "pem" });
        assert.equal(ofPrivate, key.publicKeyPem);
      }
      const [read, line] = [ssh2.utils.parseKey(key.privateKeyOpenssh), ssh2.utils.parseKey(key.publicKeyOpenssh)];
      assert.ok(!(read instanceof Error) && !(line instanceof Error));
      assert.equal(line.type, type);
      assert.ok(key.publicKeyOpenssh.endsWith("\n"));
      assert.deepEqual(read.getPublicSSH(), line.getPublicSSH());
      assert.match(key.publicKeyFingerprintSha256, /^SHA256:[A-Za-z0-9+/]{43}$/);
      assert.match(key.publicKeyFingerprintMd5, /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    });
  }

  it("on a curve that SSH does not have has no SSH formats", async () => {
    const key = await make({ algorithm: "ECDSA" });
    assert.equal(key.outputs["ecdsaCurve"], "P224");
    assert.equal(key.privateKeyOpenssh, "");
    assert.equal(key.publicKeyOpenssh, "");
  });
});
