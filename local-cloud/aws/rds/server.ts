import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Properties } from "../../provider/resource-type.ts";
import { authority, issueCertificate } from "../../engine/ca.ts";
import { SUBNET_MARGINS, withAddress } from "../../engine/addresses.ts";
import {
  containerName,
  createDataVolume,
  execIn,
  putFiles,
  removeContainer,
  type ContainerFile,
} from "../../engine/containers.ts";
import { docker, isConflict, isNotFound } from "../../engine/docker.ts";
import { vpcNetworkName } from "../../engine/networks.ts";
import { getRecord } from "../../engine/records.ts";
import { recoverService, runService, type Service } from "../../engine/service-container.ts";
import { findSubnet, textOf } from "../ec2/find.ts";
import { instanceClass, type InstanceClass } from "./instance-class.ts";
import { databaseSql, passwordSql, rolesSql } from "./roles.ts";
import { scramVerifier } from "./scram.ts";
import { identities, paths, renderAuthentication, renderConfiguration, type ParameterValues } from "./server-config.ts";
import { token } from "./tokens.ts";

const script = "/usr/local/bin/rds-server";

/** Options of a database server, from the instance's record. */
interface ServerOptions {
  id: string;
  /** Host name of the endpoint. */
  address: string;
  port: number;
  class: InstanceClass;
  parameters: ParameterValues;
  subnetId: string;
  /** Address in the subnet, once the server has one. */
  privateAddress?: string;
  stack?: string;
}

/**
 * Creates the server's container, and its data volume if there is none. Returns when the server
 * answers.
 */
export async function runServer(id: string, signal?: AbortSignal): Promise<{ privateAddress: string }> {
  const options = await optionsOf(id);
  const subnet = await findSubnet(options.subnetId);
  const network = vpcNetworkName(subnet.vpcId);
  const volume = await createDataVolume(token.instance, id, "data", options.stack);
  const files = await filesOf(options);
  return withAddress(network, subnet.cidrBlock, SUBNET_MARGINS, options.privateAddress, async (privateAddress) => {
    await runService(serverOf(id, signal), {
      type: token.instance,
      stack: options.stack,
      hostname: options.address.split(".")[0] ?? id,
      entrypoint: [script],
      attachments: [{ network, address: privateAddress, aliases: [options.address] }],
      files,
      host: {
        Binds: [`${volume}:${paths.volume}`],
        Memory: options.class.memory,
        MemorySwap: options.class.memory,
        ShmSize: 256 * 1024 ** 2,
      },
    });
    return { privateAddress };
  });
}

/**
 * Recreates the server's container with the same data. Stops the server by a fast shutdown, which
 * closes connections and needs no recovery at the next start.
 */
export async function restartServer(id: string, signal: AbortSignal): Promise<void> {
  const name = containerName(id);
  try {
    await docker.getContainer(name).kill({ signal: "SIGINT" });
    await docker.getContainer(name).stop({ t: 30 });
  } catch (error) {
    // The server is stopped or gone already.
    if (!isConflict(error) && !isNotFound(error)) throw error;
  }
  await removeContainer(name);
  await runServer(id, signal);
}

/**
 * Starts a stopped server, or recreates its container if that is gone. RDS recovers a failed host
 * in the same way.
 */
export async function recoverServer(id: string): Promise<void> {
  if (!(await recoverService(serverOf(id)))) await runServer(id);
}

/** Returns true while the instance's data volume exists. */
export async function hasData(id: string): Promise<boolean> {
  const { Volumes } = await docker.listVolumes({ filters: { name: [`${containerName(id)}-data`] } });
  return Volumes.length > 0;
}

/**
 * Writes the configuration of a running server again and has PostgreSQL reload it. Static
 * parameters need a restart.
 */
export async function applyConfiguration(id: string): Promise<void> {
  const options = await optionsOf(id);
  await putFiles(containerName(id), configurationOf(options));
  await psql(id, "SELECT pg_reload_conf();\n");
}

/**
 * Creates RDS's roles, the master user with its password, and the first database if it has a name.
 */
export async function createRoles(
  id: string,
  user: string,
  password: string,
  database: string | undefined,
): Promise<void> {
  await psql(id, rolesSql(user, scramVerifier(password)) + (database === undefined ? "" : databaseSql(database, user)));
}

/** Changes the master user's password. */
export async function changePassword(id: string, user: string, password: string): Promise<void> {
  await psql(id, passwordSql(user, scramVerifier(password)));
}

/** Returns the server's full version: "17.6". */
export async function serverVersion(id: string): Promise<string> {
  return (await psql(id, "SHOW server_version;\n")).split(" ")[0]?.trim() ?? "";
}

/**
 * Runs SQL as the user rdsadmin. The SQL goes over standard input, so that no process list shows
 * it.
 */
async function psql(id: string, sql: string): Promise<string> {
  const command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "rdsadmin", "-d", "postgres", "-f", "-"];
  const { properties } = await recordOf(id);
  const result = await execIn(containerName(id), [...command, "-p", String(Number(properties["port"]))], {
    input: sql,
    user: "postgres",
  });
  if (result.exitCode !== 0) throw new Error(`the database server ${id} refused a statement: ${result.stderr.trim()}`);
  return result.stdout;
}

function serverOf(id: string, signal?: AbortSignal): Service {
  const answers = async () => {
    const { properties } = await recordOf(id);
    const command = ["pg_isready", "-q", "-U", "rdsadmin", "-d", "postgres", "-p", String(Number(properties["port"]))];
    return (await execIn(containerName(id), command, { user: "postgres" })).exitCode === 0;
  };
  return { id, name: `the database server ${id}`, answers, signal };
}

async function filesOf(options: ServerOptions): Promise<ContainerFile[]> {
  const { certificate, key } = issueCertificate(await authority(), [options.address]);
  return [
    { path: script, content: await readFile(resolve(import.meta.dirname, "server.sh")), mode: 0o755 },
    { path: paths.certificate, content: certificate },
    { path: paths.key, content: key, mode: 0o600 },
    ...configurationOf(options),
  ];
}

function configurationOf(options: ServerOptions): ContainerFile[] {
  return [
    { path: paths.configuration, content: renderConfiguration(options.class, options.port, options.parameters) },
    { path: paths.authentication, content: renderAuthentication(options.parameters) },
    { path: paths.identities, content: identities },
  ];
}

async function recordOf(id: string): Promise<{ properties: Properties; stack?: string }> {
  const record = await getRecord(token.instance, id);
  if (record === undefined) throw new Error(`there is no database instance ${id} in this account`);
  return record;
}

async function optionsOf(id: string): Promise<ServerOptions> {
  const { properties, stack } = await recordOf(id);
  const className = textOf(properties, "instanceClass");
  const found = instanceClass(className);
  if (found === undefined) throw new Error(`the record of ${id} names an unknown instance class ${className}`);
  const privateAddress = properties["privateAddress"];
  return {
    id,
    address: textOf(properties, "address"),
    port: Number(properties["port"]),
    class: found,
    parameters: await parametersOf(textOf(properties, "parameterGroupName")),
    subnetId: textOf(properties, "subnetId"),
    ...(typeof privateAddress === "string" ? { privateAddress } : {}),
    ...(stack === undefined ? {} : { stack }),
  };
}

async function parametersOf(group: string): Promise<ParameterValues> {
  const parameters = (await getRecord(token.parameterGroup, group))?.properties["parameters"];
  if (!Array.isArray(parameters)) return {};
  return Object.fromEntries((parameters as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
}
