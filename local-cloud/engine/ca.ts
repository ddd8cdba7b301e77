import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Mutex } from "async-mutex";
import forge from "node-forge";
import { accountId, objectName, resourceLabels } from "./account.ts";
import { putFiles, readFileIn, removeContainer } from "./containers.ts";
import { docker } from "./docker.ts";
import { BASE_TYPE } from "./networks.ts";
import { servicesImage } from "./services-image.ts";

/**
 * The account's own secrets: its certificate authority, and the key that signs and encrypts the
 * account's data.
 */
export interface Authority {
  /** PEM of the CA's certificate, which hosts, clients and the machine's Docker engine trust. */
  certificate: string;
  /** PEM of the CA's private key. */
  key: string;
  /** 32 bytes that encrypt SecureString parameters and sign session credentials. */
  secret: Buffer;
}

/** A server's certificate, followed by the CA's, and its private key, as PEM. */
export interface ServerCertificate {
  certificate: string;
  key: string;
}

const files = { certificate: "ca.crt", key: "ca.key", secret: "secret" } as const;
/** Path of the volume in the containers that read it. */
export const AUTHORITY_MOUNT = "/run/local-cloud/ca";
const day = 86_400_000;

const loaded = new Map<string, Authority>();
const lock = new Mutex();

/**
 * Returns the name of the volume that keeps the authority. The volume is removed with the last
 * resource of the account.
 */
export function authorityVolume(): string {
  return objectName("ca");
}

/** Returns the authority of the account, and creates it at its first use. */
export async function authority(): Promise<Authority> {
  return lock.runExclusive(async () => {
    const known = loaded.get(accountId());
    if (known !== undefined && (await volumeExists())) return known;
    const made = await keepInVolume(newAuthority());
    loaded.set(accountId(), made);
    return made;
  });
}

/** Reads the authority from its mounted volume, in a container of the base. */
export async function readAuthority(directory = AUTHORITY_MOUNT): Promise<Authority> {
  const [certificate, key, secret] = await Promise.all(
    [files.certificate, files.key, files.secret].map((name) => readFile(join(directory, name), "utf8")),
  );
  return { certificate: certificate ?? "", key: key ?? "", secret: Buffer.from(secret ?? "", "base64") };
}

/** Issues a certificate for server names. It starts a day early, because clocks differ. */
export function issueCertificate(issuer: Authority, names: readonly [string, ...string[]]): ServerCertificate {
  const { publicKey, privateKey } = newKeyPair();
  const issuerCertificate = forge.pki.certificateFromPem(issuer.certificate);
  const certificate = newCertificate(publicKey, 365);
  // A common name has at most 64 characters. Clients read the alternative names.
  certificate.setSubject([{ name: "commonName", value: names[0].slice(0, 64) }]);
  certificate.setIssuer(issuerCertificate.subject.attributes);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
    authorityKeyIdentifier(issuerCertificate),
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer.key), forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate).replaceAll("\r", "") + issuer.certificate,
    key: privateKey,
  };
}

/** Creates an authority that is valid for ten years. */
export function newAuthority(): Authority {
  const { publicKey, privateKey } = newKeyPair();
  const certificate = newCertificate(publicKey, 3_650);
  const subject = [
    { name: "organizationName", value: "local-cloud" },
    { name: "commonName", value: `local-cloud ${accountId()} root CA` },
  ];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate).replaceAll("\r", ""),
    key: privateKey,
    secret: randomBytes(32),
  };
}

function newKeyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}

function newCertificate(publicKey: string, days: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A positive number of at most 20 octets (RFC 5280, 4.1.2.2).
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - day);
  certificate.validity.notAfter = new Date(Date.now() + days * day);
  return certificate;
}

function authorityKeyIdentifier(issuer: forge.pki.Certificate): { name: string; keyIdentifier: string } {
  return { name: "authorityKeyIdentifier", keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() };
}

/**
 * Puts the candidate into the volume unless it holds an authority already, and returns the one that
 * it holds. A short-lived container does that under a lock in the volume, so that two processes get
 * the same authority.
 */
async function keepInVolume(candidate: Authority): Promise<Authority> {
  await docker.createVolume({ Name: authorityVolume(), Labels: resourceLabels(BASE_TYPE, "ca") });
  const name = objectName(`ca-${randomBytes(4).toString("hex")}`);
  const container = await docker.createContainer({
    name,
    Image: servicesImage,
    Labels: resourceLabels(BASE_TYPE, "ca"),
    Entrypoint: ["flock", AUTHORITY_MOUNT, "sh", "-ec"],
    Cmd: [
      `[ -e ${AUTHORITY_MOUNT}/${files.secret} ] || cp -p /mnt/${files.certificate} /mnt/${files.key} /mnt/${files.secret} ${AUTHORITY_MOUNT}/`,
    ],
    HostConfig: { Binds: [`${authorityVolume()}:${AUTHORITY_MOUNT}`], NetworkMode: "none" },
  });
  try {
    await putFiles(name, [
      { path: `/mnt/${files.certificate}`, content: candidate.certificate },
      { path: `/mnt/${files.key}`, content: candidate.key, mode: 0o600 },
      { path: `/mnt/${files.secret}`, content: candidate.secret.toString("base64"), mode: 0o600 },
    ]);
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    if (StatusCode !== 0)
      throw new Error(`the certificate authority could not be kept in the volume ${authorityVolume()}`);
    const read = (file: string) => readFileIn(name, `${AUTHORITY_MOUNT}/${file}`);
    return {
      certificate: await read(files.certificate),
      key: await read(files.key),
      secret: Buffer.from(await read(files.secret), "base64"),
    };
  } finally {
    await removeContainer(name);
  }
}

async function volumeExists(): Promise<boolean> {
  const { Volumes } = await docker.listVolumes({ filters: { name: [authorityVolume()] } });
  return Volumes.some((volume) => volume.Name === authorityVolume());
}
