import { text } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import { extract, pack } from "tar-stream";
import type Docker from "dockerode";
import type { ContainerInfo, ContainerInspectInfo } from "dockerode";
import { accountFilter, label, objectName, resourceLabels } from "./account.ts";
import { docker, ignoreGone, isConflict, isNotFound, isNotModified } from "./docker.ts";

/** A network of a container, with its fixed address and the names that resolve to it. */
export interface Attachment {
  /** The network's name. */
  network: string;
  address?: string;
  aliases?: string[];
}

/** A file to put into a container. */
export interface ContainerFile {
  /** Absolute path; its folder exists in the image. */
  path: string;
  content: string | Buffer;
  /** 0o644 by default. */
  mode?: number;
}

/** A container that is the body of a resource. */
export interface ContainerOptions {
  type: string;
  id: string;
  stack?: string;
  image: string;
  hostname?: string;
  /** Gives the container a terminal as /dev/console. */
  console?: boolean;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  labels?: Record<string, string>;
  /** Docker chooses the order of the interfaces (eth0, eth1). */
  attachments: Attachment[];
  /** Files that are put in before the start. */
  files?: ContainerFile[];
  host?: Docker.HostConfig;
}

/** The result of a command in a container. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Log settings: a container's output is kept, but can't fill the disk. */
const consoleLog = { Type: "json-file", Config: { "max-size": "10m", "max-file": "2" } };

/** Returns the name of a resource's container. Characters that Docker refuses become hyphens. */
export function containerName(id: string): string {
  return objectName(id.replaceAll(/[^A-Za-z0-9_.-]+/g, "-"));
}

/** Returns the container of a resource. */
export function containerOf(id: string): Docker.Container {
  return docker.getContainer(containerName(id));
}

/**
 * Creates a container and starts it. After a failure the container is removed, and the error holds
 * the last lines that it printed.
 */
export async function createContainer(options: ContainerOptions): Promise<void> {
  const name = containerName(options.id);
  try {
    const [primary, ...others] = options.attachments;
    const container = await docker.createContainer({
      name,
      Image: options.image,
      ...(options.hostname === undefined ? {} : { Hostname: options.hostname }),
      Tty: options.console ?? false,
      ...(options.command === undefined ? {} : { Cmd: options.command }),
      ...(options.entrypoint === undefined ? {} : { Entrypoint: options.entrypoint }),
      Env: Object.entries(options.environment ?? {}).map(([key, value]) => `${key}=${value}`),
      Labels: { ...options.labels, ...resourceLabels(options.type, options.id, options.stack) },
      HostConfig: {
        LogConfig: consoleLog,
        ...options.host,
        ...(primary === undefined ? {} : { NetworkMode: primary.network }),
      },
      ...(primary === undefined
        ? {}
        : { NetworkingConfig: { EndpointsConfig: { [primary.network]: endpoint(primary) } } }),
    });
    for (const attachment of others) await connect(name, attachment);
    if (options.files !== undefined) await putFiles(name, options.files);
    await container.start();
  } catch (error) {
    const printed = await logsTail(name, 20);
    await removeContainer(name);
    throw new Error(`${describe(error)}${printed === "" ? "" : `\nits last lines:\n${printed}`}`, { cause: error });
  }
}

/** Connects a container to one more network. */
export async function connect(name: string, attachment: Attachment): Promise<void> {
  await docker.getNetwork(attachment.network).connect({ Container: name, EndpointConfig: endpoint(attachment) });
}

/** Takes a container out of a network. A missing network or connection is a success. */
export async function disconnect(name: string, network: string): Promise<void> {
  try {
    await ignoreGone(docker.getNetwork(network).disconnect({ Container: name, Force: true }));
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("is not connected"))) throw error;
  }
}

/** Starts a container that exists; one that runs already is a success. */
export async function startContainer(name: string): Promise<void> {
  try {
    await docker.getContainer(name).start();
  } catch (error) {
    if (!isNotModified(error)) throw error;
  }
}

/** Stops a container, by force after `seconds`. One that is stopped already is a success. */
export async function stopContainer(name: string, seconds: number): Promise<void> {
  try {
    await docker.getContainer(name).stop({ t: seconds });
  } catch (error) {
    if (!isNotModified(error)) throw error;
  }
}

/** Removes a container and its anonymous volumes by force. One that is gone is a success. */
export async function removeContainer(name: string): Promise<void> {
  try {
    await ignoreGone(docker.getContainer(name).remove({ force: true, v: true }));
  } catch (error) {
    // Another removal of the same container is under way. Wait for its end, so that the container's
    // addresses and volumes are free.
    if (!isConflict(error)) throw error;
    await ignoreGone(docker.getContainer(name).wait({ condition: "removed" }));
  }
}

/** Returns Docker's description of a container, or undefined when it is gone. */
export async function inspectContainer(name: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await docker.getContainer(name).inspect();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Returns the account's containers, stopped ones included, of one type if given. */
export async function listContainers(type?: string): Promise<ContainerInfo[]> {
  return docker.listContainers({ all: true, filters: accountFilter(type) });
}

/**
 * Runs a command in a container with the given standard input, and waits for its end. The user is
 * root by default.
 */
export async function execIn(
  name: string,
  command: string[],
  options: { input?: string; user?: string } = {},
): Promise<ExecResult> {
  const exec = await docker.getContainer(name).exec({
    Cmd: command,
    AttachStdin: options.input !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    ...(options.user === undefined ? {} : { User: options.user }),
  });
  const stream = await exec.start({ hijack: true, stdin: options.input !== undefined });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.on("close", () => {
    stdout.end();
    stderr.end();
  });
  stream.on("end", () => {
    stdout.end();
    stderr.end();
  });
  if (options.input !== undefined) stream.end(options.input);
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, stdout: out, stderr: err };
}

/** Puts files into a container, running or not. */
export async function putFiles(name: string, files: readonly ContainerFile[]): Promise<void> {
  const archive = pack();
  for (const file of files) {
    archive.entry({ name: file.path.replace(/^\//, ""), mode: file.mode ?? 0o644, uid: 0, gid: 0 }, file.content);
  }
  archive.finalize();
  await docker.getContainer(name).putArchive(archive, { path: "/" });
}

/** Returns the content of a file in a container, running or not. */
export async function readFileIn(name: string, path: string): Promise<string> {
  const archive = await docker.getContainer(name).getArchive({ path });
  let content: string | undefined;
  // Read to the end: a connection with unread data keeps the process alive.
  for await (const entry of archive.pipe(extract())) content ??= await text(entry);
  if (content === undefined) throw new Error(`the archive of ${path} in ${name} is empty`);
  return content;
}

/**
 * Returns the address that a container has in a network, or will have when it starts. Returns
 * undefined when the container isn't in the network.
 */
export function addressIn(networks: Record<string, Docker.EndpointSettings>, network: string): string | undefined {
  const { IPAddress, IPAMConfig } = networks[network] ?? {};
  return IPAMConfig?.IPv4Address ?? (IPAddress === "" ? undefined : IPAddress);
}

/** Returns the last lines that a container printed, or "" when it is gone. */
export async function logsTail(name: string, lines: number): Promise<string> {
  try {
    const container = docker.getContainer(name);
    const raw = await container.logs({ stdout: true, stderr: true, tail: lines });
    const { Config } = await container.inspect();
    // A terminal's output is one stream, and its lines end as on a terminal.
    return (Config.Tty ? raw.toString().replaceAll("\r\n", "\n") : demultiplex(raw)).trimEnd();
  } catch (error) {
    if (isNotFound(error)) return "";
    throw error;
  }
}

/** Creates a volume for the data of a resource, and returns its name. */
export async function createDataVolume(type: string, id: string, part: string, stack?: string): Promise<string> {
  const name = `${containerName(id)}-${part}`;
  await docker.createVolume({ Name: name, Labels: resourceLabels(type, id, stack) });
  return name;
}

/** Removes the data volumes of a resource (not its record). */
export async function removeDataVolumes(type: string, id: string): Promise<void> {
  const { Volumes } = await docker.listVolumes({ filters: accountFilter(type, id) });
  for (const volume of Volumes) {
    if (label.properties in volume.Labels) continue;
    await ignoreGone(docker.getVolume(volume.Name).remove());
  }
}

function endpoint(attachment: Attachment): Docker.EndpointSettings {
  return {
    ...(attachment.address === undefined ? {} : { IPAMConfig: { IPv4Address: attachment.address } }),
    ...(attachment.aliases === undefined ? {} : { Aliases: attachment.aliases }),
  };
}

/** Removes the 8-byte frame headers (stream, 3 zero bytes, length) from Docker's log stream. */
function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString();
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
