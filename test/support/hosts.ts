import { execa } from "execa";

/** A container of the local cloud, as the Docker engine lists it. */
export interface CloudContainer {
  id: string;
  /** The Pulumi type token of what it stands for. */
  type: string;
  /** The tag `Name` of an instance; otherwise the container's own name. */
  name: string;
}

/** The containers of an account, running or not. */
export async function containersOf(account: string): Promise<CloudContainer[]> {
  const { stdout } = await execa("docker", [
    "ps",
    "-aq",
    "--no-trunc",
    "--filter",
    `label=local-cloud.account=${account}`,
  ]);
  const ids = stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return [];
  const inspected = JSON.parse((await execa("docker", ["inspect", ...ids])).stdout) as {
    Id: string;
    Name: string;
    Config: { Labels: Record<string, string> };
  }[];
  return inspected.map(({ Id, Name, Config: { Labels } }) => {
    const properties = JSON.parse(Labels["local-cloud.properties"] ?? "{}") as { tags?: Record<string, string> };
    return { id: Id, type: Labels["local-cloud.type"] ?? "", name: properties.tags?.["Name"] ?? Name.slice(1) };
  });
}

/** The instance whose tag `Name` ends with `-NAME` or is NAME. */
export async function instance(account: string, name: string): Promise<CloudContainer> {
  const all = (await containersOf(account)).filter(({ type }) => type === "aws:ec2/instance:Instance");
  const found = all.find((one) => one.name === name || one.name.endsWith(`-${name}`));
  if (found === undefined)
    throw new Error(`no instance ${name} in account ${account}; there are: ${all.map((one) => one.name).join(", ")}`);
  return found;
}

/** Runs a command as root on an instance of the local cloud, by its container; returns what it printed. */
export async function onHost(
  account: string,
  name: string,
  command: readonly string[],
  input?: string,
): Promise<string> {
  const { id } = await instance(account, name);
  const { stdout } = await execa("docker", ["exec", ...(input === undefined ? [] : ["-i"]), id, ...command], {
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
  return stdout;
}

/** Removes what the local cloud remembers of one bodiless resource, as if someone had deleted it in the console. */
export async function removeRecord(
  account: string,
  type: string,
  matches: (properties: Record<string, unknown>) => boolean,
): Promise<void> {
  const filter = ["--filter", `label=local-cloud.account=${account}`, "--filter", `label=local-cloud.type=${type}`];
  const names = (await execa("docker", ["volume", "ls", "-q", ...filter])).stdout.split("\n");
  const volumes = JSON.parse((await execa("docker", ["volume", "inspect", ...names])).stdout) as {
    Name: string;
    Labels: Record<string, string>;
  }[];
  const found = volumes.filter(({ Labels }) =>
    matches(JSON.parse(Labels["local-cloud.properties"] ?? "{}") as Record<string, unknown>),
  );
  if (found.length !== 1) throw new Error(`${found.length} records of ${type} match, expected 1`);
  await execa("docker", ["volume", "rm", ...found.map(({ Name }) => Name)]);
}

/** Everything that the local cloud keeps for an account on this machine, one line each: empty after a destroy. */
export async function leftovers(account: string): Promise<string[]> {
  const filter = ["--filter", `label=local-cloud.account=${account}`];
  const lists = await Promise.all([
    execa("docker", ["ps", "-a", ...filter, "--format", "container {{.Names}}"]),
    execa("docker", ["network", "ls", ...filter, "--format", "network {{.Name}}"]),
    execa("docker", ["volume", "ls", ...filter, "--format", "volume {{.Name}}"]),
    execa("docker", [
      "images",
      "--filter",
      `reference=${account}.dkr.ecr.*/*`,
      "--format",
      "image {{.Repository}}:{{.Tag}}",
    ]),
    execa("sh", ["-c", `grep -n "${account}" /etc/hosts | sed 's/^/hosts file line /' || true`]),
    execa("sh", ["-c", `find /etc/docker/certs.d -maxdepth 1 -name '*${account}*' 2>/dev/null || true`]),
    execa("sh", ["-c", `find /sys/fs/cgroup -type d -name '*${account}*' 2>/dev/null || true`]),
    execa("sh", ["-c", `ps -eo pid,args | grep '[l]ocal-cloud' | grep ${account} | sed 's/^/process /' || true`]),
  ]);
  return lists.flatMap(({ stdout }) => stdout.split("\n")).filter((line) => line !== "");
}
