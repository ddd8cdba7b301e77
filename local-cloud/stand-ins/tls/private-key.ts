import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import type { Properties, ResourceType } from "../../provider/resource-type.ts";
import { authorizedKey, fingerprintMd5, fingerprintSha256, opensshPrivateKey, sshPublicKey } from "./openssh.ts";

const NODE_CURVES = { P224: "secp224r1", P256: "P-256", P384: "P-384", P521: "P-521" } as const;

const inputs = z.strictObject({
  algorithm: z.enum(["RSA", "ECDSA", "ED25519"]),
  ecdsaCurve: z.enum(["P224", "P256", "P384", "P521"]).optional(),
  rsaBits: z.number().int().min(1_024, "must be 1024 or more").max(16_384, "must be 16384 or less").optional(),
});
type KeyInputs = z.infer<typeof inputs>;

/** A key pair that exists only in the state. Any change replaces it. */
export const privateKey: ResourceType<KeyInputs> = {
  token: "tls:index/privateKey:PrivateKey",
  inputs,
  replaceOn: ["algorithm", "ecdsaCurve", "rsaBits"],
  secretOutputs: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  create: async (given) => {
    const chosen = { ecdsaCurve: "P224" as const, rsaBits: 2_048, ...given };
    const pair = await generate(chosen);
    const der = pair.publicKey.export({ type: "spki", format: "der" });
    return { id: createHash("sha1").update(der).digest("hex"), outputs: { ...chosen, ...describeKeys(pair) } };
  },
  read: (_id, state) => Promise.resolve({ outputs: state }),
  delete: () => Promise.resolve(),
};

interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

async function generate({ algorithm, ecdsaCurve, rsaBits }: Required<KeyInputs>): Promise<KeyPair> {
  const make = promisify(generateKeyPair);
  switch (algorithm) {
    case "RSA":
      return make("rsa", { modulusLength: rsaBits });
    case "ECDSA":
      return make("ec", { namedCurve: NODE_CURVES[ecdsaCurve] });
    case "ED25519":
      return make("ed25519");
  }
}

/**
 * Returns the key pair in every format of the real plugin. The SSH formats are empty for the curve
 * that SSH does not have.
 */
function describeKeys(pair: KeyPair): Properties {
  const pem = (type: "pkcs1" | "sec1" | "pkcs8") => pair.privateKey.export({ type, format: "pem" }).toString();
  const pkcs8 = pem("pkcs8");
  const traditional = { rsa: "pkcs1", ec: "sec1" } as const;
  const type = pair.privateKey.asymmetricKeyType;
  const wire = sshPublicKey(pair.publicKey);
  return {
    privateKeyPem: type === "rsa" || type === "ec" ? pem(traditional[type]) : pkcs8,
    privateKeyPemPkcs8: pkcs8,
    publicKeyPem: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKeyOpenssh: wire === undefined ? "" : opensshPrivateKey(pair.privateKey, ""),
    publicKeyOpenssh: wire === undefined ? "" : authorizedKey(wire),
    publicKeyFingerprintMd5: wire === undefined ? "" : fingerprintMd5(wire),
    publicKeyFingerprintSha256: wire === undefined ? "" : fingerprintSha256(wire),
  };
}
