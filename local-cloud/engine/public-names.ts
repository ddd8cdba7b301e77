import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Mutex } from "async-mutex";
import { accountId } from "./account.ts";

/**
 * The machine's own files that the local cloud changes. Names that AWS would publish to the world
 * are lines of a marked block in /etc/hosts, and the machine's Docker engine trusts the certificate
 * of the registry. Everything else of the local cloud is in Docker.
 */

const hostsFile = "/etc/hosts";
const certificates = "/etc/docker/certs.d";

/** This process can't write one of the machine's files. */
export class MachineFileError extends Error {
  readonly code = "MachineFile";
  override name = "MachineFileError";
}

const lock = new Mutex();

/**
 * Makes the machine resolve names to addresses. Other names of the account stay.
 *
 * @returns The names that are new or have another address than before.
 */
export async function publishNames(wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const before = namesIn(await readHosts(), accountId());
  await changeNames((names) => {
    for (const [name, address] of wanted) names.set(name, address);
  });
  return [...wanted].flatMap(([name, address]) => (before.get(name) === address ? [] : [name]));
}

/** Removes a name. One that is not there is a success. */
export async function forgetPublicName(name: string): Promise<void> {
  await changeNames((names) => names.delete(name));
}

/**
 * Makes the machine's Docker engine trust a registry whose certificate that CA has issued. The
 * engine reads the file at each connection.
 *
 * @returns False if the engine trusted it before.
 */
export async function trustRegistry(host: string, certificate: string): Promise<boolean> {
  const file = join(certificates, host, "ca.crt");
  const present = await readFile(file, "utf8").catch(() => undefined);
  if (present === certificate) return false;
  await writing(file, `it lets the machine's Docker engine trust the registry ${host}`, async () => {
    await mkdir(join(certificates, host), { recursive: true });
    await writeFile(file, certificate);
  });
  return true;
}

/**
 * Removes the CA's certificate, so that the machine's Docker engine no longer trusts the registry.
 */
export async function untrustRegistry(host: string): Promise<void> {
  const folder = join(certificates, host);
  await writing(folder, `it must go so that the Docker engine no longer trusts the registry ${host}`, async () => {
    await rm(folder, { recursive: true, force: true });
  });
}

/**
 * Removes everything of the account from the machine's files, even remains that came back with a
 * restored file.
 */
export async function forgetAccount(): Promise<void> {
  await changeNames((names) => {
    names.clear();
  });
  const hosts = await readdir(certificates).catch(() => []);
  for (const host of hosts) if (host.startsWith(`${accountId()}.`)) await untrustRegistry(host);
}

/** Returns the names of an account in the text of a hosts file, with their addresses. */
export function namesIn(text: string, account: string): Map<string, string> {
  const { lines, inBlock } = read(text, account);
  return new Map(lines.flatMap((line, at) => (inBlock[at] ? entryOf(line) : [])));
}

/**
 * Returns the text of a hosts file with the account's block replaced, or removed when there are no
 * names. Other lines stay. If a part of the block was lost, the rest of it is removed too, and so
 * are lines that give one of the names another address.
 */
export function withNames(text: string, account: string, names: ReadonlyMap<string, string>): string {
  const { lines, ours, inBlock } = read(text === "" || text.endsWith("\n") ? text : `${text}\n`, account);
  const isOurs = (line: string, at: number) => ours[at] === true || entryOf(line).some(([name]) => names.has(name));
  const foreign = (line: string, at: number) => !isOurs(line, at);
  const place = inBlock.includes(true) ? inBlock.indexOf(true) : lines.length;
  const before = lines.slice(0, place).filter(foreign);
  const after = lines.slice(place).filter((line, at) => foreign(line, place + at));
  const block = names.size === 0 ? [] : blockOf(account, names);
  return [...before, ...block, ...after].join("");
}

function blockOf(account: string, names: ReadonlyMap<string, string>): string[] {
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  return [beginOf(account), ...sorted.map(([name, address]) => `${address} ${name}`), endOf(account)].map(
    (line) => `${line}\n`,
  );
}

function beginOf(account: string): string {
  return `# BEGIN local-cloud ${account} (its public names; removed with its last resource)`;
}

function endOf(account: string): string {
  return `# END local-cloud ${account}`;
}

/**
 * Splits a hosts file into lines. `ours` marks the account's lines, and `inBlock` those of them in
 * a block that still has its first line.
 */
function read(text: string, account: string): { lines: string[]; ours: boolean[]; inBlock: boolean[] } {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  const ours = lines.map(() => false);
  const inBlock = lines.map(() => false);
  const isMark = (at: number, mark: string) => lines[at]?.trimEnd() === mark;
  lines.forEach((_, at) => {
    if (isMark(at, beginOf(account))) {
      const whole = firstWithout(lines, at + 1, isEntry);
      const end = isMark(whole, endOf(account)) ? whole + 1 : firstWithout(lines, at + 1, isNameOfAws);
      ours.fill(true, at, end);
      inBlock.fill(true, at, end);
    } else if (isMark(at, endOf(account)) && ours[at] !== true) {
      let begin = at;
      while (isNameOfAws(lines[begin - 1] ?? "")) begin -= 1;
      ours.fill(true, begin, at + 1);
    }
  });
  return { lines, ours, inBlock };
}

/** Returns the index of the first line from `start` on for which the condition doesn't hold. */
function firstWithout(lines: readonly string[], start: number, holds: (line: string) => boolean): number {
  const length = lines.slice(start).findIndex((line) => !holds(line));
  return length < 0 ? lines.length : start + length;
}

function isEntry(line: string): boolean {
  return entryOf(line).length > 0;
}

/**
 * Returns true for a line with a name of AWS. Only the local cloud gives these an address, so they
 * mark the account's lines when a begin or an end is lost.
 */
function isNameOfAws(line: string): boolean {
  return entryOf(line).some(([name]) => name.endsWith(".amazonaws.com"));
}

/** Returns the name and address of a line "ADDRESS NAME", and nothing for any other line. */
function entryOf(line: string): [name: string, address: string][] {
  const [, address, name] = /^(\d+(?:\.\d+){3}) (\S+)$/.exec(line.trimEnd()) ?? [];
  return name === undefined || address === undefined ? [] : [[name, address]];
}

/**
 * Runs work while no other process of the local cloud changes the hosts file, on this machine and
 * under any account. The lock is an abstract socket, which Linux closes with its process.
 */
export async function withHostsFile<T>(work: () => Promise<T>): Promise<T> {
  return lock.runExclusive(async () => {
    const server = createServer();
    while (!(await listens(server))) await delay(20);
    try {
      return await work();
    } finally {
      server.close();
      await once(server, "close");
    }
  });
}

/** Returns false when another process has the lock. */
async function listens(server: Server): Promise<boolean> {
  server.listen("\0local-cloud/etc/hosts");
  return once(server, "listening").then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
      throw error;
    },
  );
}

/**
 * Changes the account's block. The file is written in place, because in a container it is a mount
 * that can't be replaced. It is read again afterwards, because a program without the lock may have
 * written it at the same moment.
 */
async function changeNames(edit: (names: Map<string, string>) => unknown): Promise<void> {
  await withHostsFile(async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const text = await readHosts();
      const names = namesIn(text, accountId());
      edit(names);
      const wanted = withNames(text, accountId(), names);
      if (wanted === text) return;
      await writing(hostsFile, "it has the addresses of the account's load balancers and registry", () =>
        writeFile(hostsFile, wanted),
      );
    }
    throw new MachineFileError(`${hostsFile} does not keep what is written to it: something else rewrites it`);
  });
}

/** Reads the hosts file, which may be missing. */
async function readHosts(): Promise<string> {
  return readFile(hostsFile, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  });
}

/** Runs a write, and explains a failure: the file, the reason to write it, and the remedy. */
async function writing(file: string, why: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    throw new MachineFileError(
      `can't write ${file} (${cause.code ?? cause.message}): ${why}. Run as root (sudo), or make it writable.`,
      { cause },
    );
  }
}
