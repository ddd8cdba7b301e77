import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { accountId, region } from "../../engine/account.ts";
import { INTERNET_MARGINS, withAddress } from "../../engine/addresses.ts";
import { ensureBase } from "../../engine/base.ts";
import { authority, issueCertificate } from "../../engine/ca.ts";
import {
  addressIn,
  containerName,
  createDataVolume,
  execIn,
  inspectContainer,
  logsTail,
  putFiles,
  readFileIn,
  removeContainer,
  removeDataVolumes,
  type ContainerFile,
} from "../../engine/containers.ts";
import { forgetPublicName, publishNames, trustRegistry, untrustRegistry } from "../../engine/public-names.ts";
import { internetNetworkName } from "../../engine/networks.ts";
import { listRecords, type LocalRecord } from "../../engine/records.ts";
import { recoverService, runService, type Service } from "../../engine/service-container.ts";
import { loginKey, loginLifetime, newPassword } from "./gateway/login.ts";
import type { RepositoryRules } from "./gateway/rules.ts";
import { token } from "./tokens.ts";

const id = "registry";
const folder = "/opt/registry";
const storage = "/var/lib/registry";

const registry: Service = {
  id,
  name: "the registry",
  answers: async () => requiresLogin(await addressOf(containerName(id)), (await authority()).certificate),
};

/** Returns the host name of the account's registry. */
export function registryHost(): string {
  return `${accountId()}.dkr.ecr.${region()}.amazonaws.com`;
}

/** A login of the user AWS to the registry. */
export interface Login {
  password: string;
  /** Unix time in milliseconds. */
  expires: number;
}

/** Returns a login for the user AWS that is valid for twelve hours. */
export async function newLogin(): Promise<Login> {
  return signedLogin((await authority()).secret);
}

/** Returns a login that no registry accepts. */
export function placeholderLogin(): Login {
  return signedLogin(randomBytes(32));
}

function signedLogin(secret: Buffer): Login {
  const expires = Date.now() + loginLifetime;
  return { password: newPassword(loginKey(secret), expires), expires };
}

/**
 * Creates the account's registry or restarts it, updates its repositories, and publishes its name
 * and CA on the machine. Returns when the registry answers.
 */
export async function ensureRegistry(): Promise<void> {
  if (!(await recoverService(registry))) await makeRegistry();
  await updateRepositories();
  await publishRegistry();
}

/**
 * Writes the registry's address to the machine's hosts file, and its CA to the folder in which the
 * Docker engine looks for CAs. Takes both from the registry's container.
 *
 * @returns the entries that were missing, in words for a user.
 */
export async function publishRegistry(): Promise<string[]> {
  const found = await inspectContainer(containerName(id));
  const address = addressIn(found?.NetworkSettings.Networks ?? {}, internetNetworkName());
  if (address === undefined) return [];
  const names = await publishNames(new Map([[registryHost(), address]]));
  // The file holds the server's certificate and then its CA's.
  const chain = (await readFileIn(containerName(id), `${folder}/server.crt`)).split(/(?=-----BEGIN)/);
  const trusted = await trustRegistry(registryHost(), chain.at(-1) ?? "");
  return [...names.map((name) => `the address of ${name}`), ...(trusted ? [`the CA of ${registryHost()}`] : [])];
}

/** Writes the account's repositories to the registry's container. */
export async function updateRepositories(): Promise<void> {
  await putFiles(containerName(id), [await repositoriesFile()]);
}

/** Returns true when a repository holds an image. */
export async function hasImages(repository: string): Promise<boolean> {
  if ((await inspectContainer(containerName(id)))?.State.Running !== true) return false;
  const { stdout } = await execIn(containerName(id), [
    "ls",
    "-A",
    `${folderOf(repository)}/_manifests/revisions/sha256`,
  ]);
  return stdout.trim() !== "";
}

/**
 * Removes the images of a repository. Keeps the rest of its folder, which may hold repositories
 * whose names begin with its name.
 */
export async function removeImages(repository: string): Promise<void> {
  if ((await inspectContainer(containerName(id)))?.State.Running !== true) return;
  const parts = ["_manifests", "_layers", "_uploads"].map((part) => `${folderOf(repository)}/${part}`);
  await execIn(containerName(id), ["rm", "-rf", ...parts]);
}

/** Removes the registry with its data. Succeeds when it is gone already. */
export async function removeRegistry(): Promise<void> {
  await removeContainer(containerName(id));
  await removeDataVolumes(token.registry, id);
  await forgetPublicName(registryHost());
  await untrustRegistry(registryHost());
}

/**
 * Returns the machine's folder of cached layers (see LayerCache). It is no state: it can be deleted
 * at any time.
 */
function layerCache(): string {
  const caches = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(process.env["LOCAL_CLOUD_CACHE"] ?? join(caches, "local-cloud"), "layers");
}

async function makeRegistry(): Promise<void> {
  const { internetNetwork, internetRange } = await ensureBase();
  const volume = await createDataVolume(token.registry, id, "data");
  const files = await filesOf();
  await withAddress(internetNetwork, internetRange, INTERNET_MARGINS, undefined, (address) =>
    runService(registry, {
      type: token.registry,
      stack: undefined,
      hostname: "registry",
      entrypoint: ["node", `${folder}/main.ts`],
      environment: { LOCAL_CLOUD_ACCOUNT: accountId() },
      attachments: [{ network: internetNetwork, address, aliases: [registryHost()] }],
      files,
      host: { Binds: [`${volume}:${storage}`, `${layerCache()}:/var/cache/layers`] },
    }),
  );
}

async function filesOf(): Promise<ContainerFile[]> {
  const account = await authority();
  const { certificate, key } = issueCertificate(account, [registryHost()]);
  const sources = ["main.ts", "layer-cache.ts", "login.ts", "rules.ts"].map(async (name) => ({
    path: `${folder}/${name}`,
    content: await readFile(resolve(import.meta.dirname, "gateway", name)),
  }));
  return [
    ...(await Promise.all(sources)),
    { path: `${folder}/package.json`, content: '{ "type": "module" }\n' },
    { path: `${folder}/registry.yml`, content: await readFile(resolve(import.meta.dirname, "registry.yml")) },
    { path: `${folder}/server.crt`, content: certificate },
    { path: `${folder}/server.key`, content: key, mode: 0o600 },
    { path: `${folder}/login.key`, content: loginKey(account.secret), mode: 0o600 },
    await repositoriesFile(),
  ];
}

async function repositoriesFile(): Promise<ContainerFile> {
  const rules = (await listRecords(token.repository)).map(rulesOf);
  return { path: `${folder}/repositories.json`, content: JSON.stringify(rules) };
}

function rulesOf({ id: name, properties }: LocalRecord): RepositoryRules {
  const filters = (properties["imageTagMutabilityExclusionFilters"] ?? []) as { filter: string }[];
  const mutability = properties["imageTagMutability"];
  return {
    name,
    imageTagMutability: typeof mutability === "string" ? mutability : "MUTABLE",
    exclusions: filters.map(({ filter }) => filter),
  };
}

function folderOf(repository: string): string {
  return `${storage}/docker/registry/v2/repositories/${repository}`;
}

async function addressOf(name: string): Promise<string> {
  const found = await inspectContainer(name);
  const address = Object.values(found?.NetworkSettings.Networks ?? {})[0]?.IPAddress;
  if (!address) throw new Error(`the registry has no address; its last lines:\n${await logsTail(name, 20)}`);
  return address;
}

function requiresLogin(address: string, ca: string): Promise<boolean> {
  const options = { host: address, servername: registryHost(), ca, path: "/v2/", timeout: 2_000, agent: false };
  return new Promise((resolve) => {
    const request = get(options, (response) => {
      response.resume();
      resolve(response.statusCode === 401);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(false);
    });
  });
}
