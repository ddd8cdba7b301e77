import { execa } from "execa";

interface Labelled {
  Labels: Record<string, string>;
}

/** An EC2 instance of the local cloud. It is a container. */
export interface Instance {
  /** The container's id. */
  container: string;
  /** The host's name, as `./run up` prints it. */
  name: string;
}

/** Start of the tag `Name` of each resource of stack local. */
const PREFIX = "gifticon-event-local-";

const INSTANCE = "aws:ec2/instance:Instance";

const ofType = (account: string, type: string): string[] => [
  "--filter",
  `label=local-cloud.account=${account}`,
  "--filter",
  `label=local-cloud.type=${type}`,
];

/** Returns the records of a resource type. The local cloud keeps them as labels of volumes. */
async function records(account: string, type: string): Promise<(Labelled & { Name: string })[]> {
  const { stdout } = await execa("docker", ["volume", "ls", "-q", ...ofType(account, type)]);
  const names = stdout.split("\n").filter((name) => name !== "");
  if (names.length === 0) return [];
  const inspected = await execa("docker", ["volume", "inspect", ...names]);
  return JSON.parse(inspected.stdout) as (Labelled & { Name: string })[];
}

function propertiesOf({ Labels }: Labelled): Record<string, unknown> {
  return JSON.parse(Labels["local-cloud.properties"] ?? "{}") as Record<string, unknown>;
}

/** Returns the instances of an account, also stopped ones. */
export async function instances(account: string): Promise<Instance[]> {
  const { stdout } = await execa("docker", [
    ...["ps", "-a", "--no-trunc", ...ofType(account, INSTANCE)],
    ...["--format", '{{.ID}} {{.Label "local-cloud.id"}}'],
  ]);
  const names = new Map(
    (await records(account, INSTANCE)).map((record) => {
      const { tags } = propertiesOf(record) as { tags?: Record<string, string> };
      return [record.Labels["local-cloud.id"], (tags?.["Name"] ?? "").replace(PREFIX, "")];
    }),
  );
  return stdout
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([container = "", id]) => (container === "" ? [] : [{ container, name: names.get(id) ?? "" }]));
}

/** No host of the local environment has the requested name. */
export class UnknownHostError extends Error {
  override readonly name = "UnknownHostError";
  readonly code = "UNKNOWN_HOST";
}

/**
 * Finds the instance of a host by its name, such as `worker-1`.
 *
 * @throws UnknownHostError that lists the hosts when none has this name.
 */
export async function findInstance(account: string, name: string): Promise<Instance> {
  const all = await instances(account);
  const found = all.find((one) => one.name === name);
  if (found === undefined) {
    const hosts = all.map((one) => one.name).sort();
    throw new UnknownHostError(
      `there is no host ${name} in account ${account}; ` +
        (hosts.length === 0 ? "no host runs. ./run up starts the environment." : `there are: ${hosts.join(", ")}`),
    );
  }
  return found;
}

/** A container of a resource of the local cloud, with its addresses. */
export interface ResourceContainer {
  container: string;
  /** The Pulumi token. */
  type: string;
  privateAddress: string;
  publicAddress?: string;
}

/** Returns the containers of an account that have an address in its VPC. */
export async function containersInVpc(account: string): Promise<ResourceContainer[]> {
  const { stdout } = await execa("docker", ["ps", "--quiet", "--filter", `label=local-cloud.account=${account}`]);
  const inspected = await execa("docker", ["inspect", ...stdout.split("\n").filter((id) => id !== "")]);
  const containers = JSON.parse(inspected.stdout) as {
    Id: string;
    Config: Labelled;
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  }[];
  const internet = `local-cloud-${account}-internet`;
  return containers.flatMap(({ Id, Config, NetworkSettings: { Networks } }) => {
    const inside = Object.entries(Networks).find(([name]) => name !== internet)?.[1].IPAddress;
    const outside = Networks[internet]?.IPAddress;
    if (inside === undefined || inside === "") return [];
    const container = { container: Id, type: Config.Labels["local-cloud.type"] ?? "", privateAddress: inside };
    return [{ ...container, ...(outside !== undefined && { publicAddress: outside }) }];
  });
}

/**
 * Runs a command as root in the container of an instance and returns its standard output.
 */
export async function runOnHost(
  account: string,
  name: string,
  command: readonly string[],
  input?: string,
): Promise<string> {
  const { container } = await findInstance(account, name);
  const { stdout } = await execa("docker", ["exec", ...(input === undefined ? [] : ["-i"]), container, ...command], {
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
  return stdout;
}

/**
 * Removes the local cloud's record of a resource without a container, as if someone had deleted the
 * resource in the console.
 */
export async function removeRecord(
  account: string,
  type: string,
  matches: (properties: Record<string, unknown>) => boolean,
): Promise<void> {
  const found = (await records(account, type)).filter((record) => matches(propertiesOf(record)));
  if (found.length !== 1) throw new Error(`${found.length} records of ${type} match, expected 1`);
  await execa("docker", ["volume", "rm", ...found.map(({ Name }) => Name)]);
}

/**
 * Lists everything that the local cloud keeps for an account on this machine, one line each. The
 * list is empty after a destroy.
 */
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
    execa("sh", ["-c", `grep -lsz '^LOCAL_CLOUD_ACCOUNT=${account}$' /proc/[0-9]*/environ | sed 's/^/process /'`]),
  ]);
  return lists.flatMap(({ stdout }) => stdout.split("\n")).filter((line) => line !== "");
}
