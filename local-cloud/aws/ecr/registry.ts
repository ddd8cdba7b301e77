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
  answers: async () => asksForLogin(await addressOf(containerName(id)), (await authority()).certificate),
};

/** The host name of the account's registry. */
export function registryHost(): string {
  return `${accountId()}.dkr.ecr.${region()}.amazonaws.com`;
}

/** How to log in to the registry, as the user AWS. */
export interface Login {
  password: string;
  /** Unix time, in milliseconds. */
  expires: number;
}

/** A login for the user AWS, for twelve hours. */
export async function newLogin(): Promise<Login> {
  return loginBy((await authority()).secret);
}

/** What looks like a login and opens nothing. */
export function uselessLogin(): Login {
  return loginBy(randomBytes(32));
}

function loginBy(secret: Buffer): Login {
  const expires = Date.now() + loginLifetime;
  return { password: newPassword(loginKey(secret), expires), expires };
}

/**
 * Makes the account's registry, or starts it again, tells it its repositories, and tells the machine where it is; returns when
 * it answers.
 */
export async function ensureRegistry(): Promise<void> {
  if (!(await recoverService(registry))) await makeRegistry();
  await updateRepositories();
  await publishRegistry();
}

/**
 * Tells the machine where the registry is, and by which CA its Docker engine may trust it, as the registry's container has both.
 *
 * @returns what the machine didn't know, in words for a user.
 */
export async function publishRegistry(): Promise<string[]> {
  const found = await inspectContainer(containerName(id));
  const address = addressIn(found?.NetworkSettings.Networks ?? {}, internetNetworkName());
  if (address === undefined) return [];
  const names = await publishNames(new Map([[registryHost(), address]]));
  // The server's certificate is followed by that of its CA.
  const chain = (await readFileIn(containerName(id), `${folder}/server.crt`)).split(/(?=-----BEGIN)/);
  const trusted = await trustRegistry(registryHost(), chain.at(-1) ?? "");
  return [...names.map((name) => `the address of ${name}`), ...(trusted ? [`the CA of ${registryHost()}`] : [])];
}

/** Tells the registry which repositories there are. */
export async function updateRepositories(): Promise<void> {
  await putFiles(containerName(id), [await repositoriesFile()]);
}

/** Whether a repository holds an image. */
export async function hasImages(repository: string): Promise<boolean> {
  if ((await inspectContainer(containerName(id)))?.State.Running !== true) return false;
  const { stdout } = await execIn(containerName(id), [
    "ls",
    "-A",
    `${folderOf(repository)}/_manifests/revisions/sha256`,
  ]);
  return stdout.trim() !== "";
}

/** Removes the images of a repository; what is in its folder beside them may be repositories whose names go on. */
export async function removeImages(repository: string): Promise<void> {
  if ((await inspectContainer(containerName(id)))?.State.Running !== true) return;
  const parts = ["_manifests", "_layers", "_uploads"].map((part) => `${folderOf(repository)}/${part}`);
  await execIn(containerName(id), ["rm", "-rf", ...parts]);
}

/** Removes the registry with all it holds; what is gone already is a success. */
export async function removeRegistry(): Promise<void> {
  await removeContainer(containerName(id));
  await removeDataVolumes(token.registry, id);
  await forgetPublicName(registryHost());
  await untrustRegistry(registryHost());
}

/** The machine's folder of the layers that registries to come need not be sent again. It is no state: it can go at any time. */
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

function asksForLogin(address: string, ca: string): Promise<boolean> {
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
