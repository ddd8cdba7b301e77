import { PLACEMENT_LABELS } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { z } from "zod";
import { overlaps, parseCidr } from "./cidr.ts";
import { databaseConnections, instanceMemoryMib, type DatabaseClass, type InstanceType } from "./instance-types.ts";
import { readSettings } from "./settings-reader.ts";

/** Ranges of docker0 and docker_gwbridge, which the engine creates on each host of a Swarm. */
const DOCKER_BRIDGES = [
  { base: 0xac110000, prefix: 16 },
  { base: 0xac120000, prefix: 16 },
];

/** Returns the schema of a whole number. Every fault gives the same message. */
const wholeNumber = (min: number, max: number, unit: string) => {
  const allowed = `a whole number from ${min} to ${max} (${unit})`;
  return z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });
};
const oneOf = <const T extends string>(values: readonly [T, ...T[]]) =>
  z.enum(values, { error: `one of ${values.join(", ")}` });
const yesOrNo = () => z.boolean({ error: "true or false" });
const text = (pattern: RegExp, allowed: string) => z.string({ error: allowed }).regex(pattern, { error: allowed });
const range = (allowed: string) => z.string({ error: allowed }).refine((cidr) => parseCidr(cidr), { error: allowed });
const instanceType = () => oneOf(Object.keys(instanceMemoryMib) as [InstanceType, ...InstanceType[]]);
const databaseClass = () => oneOf(Object.keys(databaseConnections) as [DatabaseClass, ...DatabaseClass[]]);

/**
 * Minimum memory of nGrinder's host, in MiB. Measured with 6,000 users: 4.1 GiB for its agent, 0.7
 * GiB for its controller. The rest is a reserve for the host and the controller.
 */
const NGRINDER_MIB = 8192;

const AMI_HELP =
  'the id of a Debian 13 amd64 image ("ami-..."); the newest of your region: ' +
  "aws ssm get-parameter --name /aws/service/debian/release/13/latest/amd64 --query Parameter.Value --output text";
const ZONES_HELP = 'two availability zones of the region, as ["ap-northeast-2a", "ap-northeast-2c"]';
const OPERATORS_HELP =
  'a list of the IPv4 ranges that you work from, as ["203.0.113.7/32"], never 0.0.0.0/0; your own address: curl https://checkip.amazonaws.com';

/** Labels of a node, for Swarm's placement constraints. */
const labels = () =>
  z.record(
    text(/^[a-z][a-z0-9_.-]{0,62}$/, "a label of lower-case letters, digits, _ . and -"),
    text(/^[A-Za-z0-9_.-]{1,63}$/, "a label's value of letters, digits, _ . and -"),
  );

const host = (type: InstanceType, diskGib: number, ownLabels: Record<string, string>) =>
  z
    .strictObject({
      /** EC2 instance type. A change replaces or restarts the host (`HostPlan.onNewType`). */
      instanceType: instanceType().default(type),
      /**
       * Root disk in GiB: the Debian image (8), Docker images, volumes and logs. A change grows the
       * disk in place.
       */
      diskGib: wholeNumber(8, 1000, "GiB").default(diskGib),
      /** Labels of the Swarm node, for placement. A change updates the node and never its host. */
      labels: labels().default(ownLabels),
    })
    .prefault({});

const fields = z.strictObject({
  /**
   * Mode kafka: a request waits in the topic, and the issuer decides it at its own pace. Mode
   * direct: the API decides it in the database before it answers, for comparison. Then the program
   * creates nothing of Kafka.
   */
  mode: oneOf(["kafka", "direct"]).default("kafka"),
  /**
   * Number of workers. With 5, one more than the API's 4 replicas, a host can be replaced without
   * losing capacity.
   */
  workers: wholeNumber(1, 50, "hosts").default(5),
  /**
   * Number of hosts that manage the Swarm. They run no task. Every change needs more than half of
   * them: 3 survive the loss of one, 5 of two. An even number survives no more losses than the odd
   * number below it. Each uses `hosts.manager`, in alternating zones.
   */
  managers: z
    .literal([1, 3, 5], {
      error: "1, 3 or 5 (hosts): an even number survives no more losses than the odd number below it",
    })
    .default(1),
  hosts: z
    .strictObject({
      /**
       * Machine image of each host. It is a fixed id, because a newer image must not replace the
       * hosts of a running event.
       */
      ami: text(/^ami-[0-9a-f]{8,17}$/, AMI_HELP),
      /**
       * Generation of the workers' hosts. A new number replaces them, as after a patch that needs a
       * restart. New hosts are created beside the old ones. When they are targets of the load
       * balancer, the old ones are retired one after the other, each after its services have a
       * healthy task elsewhere. No request fails. During the change, twice the workers are paid
       * for.
       */
      generation: wholeNumber(1, 1_000_000, "the number of the hosts' generation").default(1),
      manager: host("t3.micro", 10, {}),
      worker: host("t3.micro", 10, {}),
      /**
       * Host of Kafka and ZooKeeper, which its label places. A t3.micro is too small for a broker
       * with page cache.
       */
      kafka: host("t3.medium", 20, { [PLACEMENT_LABELS.kafka]: "true" }),
      /**
       * Host of the load generator, which its label places. k6 takes about 4.5 CPU seconds for
       * 10,000 requests, and took 730 MB with 3,000 users. A t3.xlarge has four cores and 16 GiB.
       * The host exists only with a `loadGenerator`.
       */
      loadGenerator: host("t3.xlarge", 16, { [PLACEMENT_LABELS.loadGenerator]: "true" }),
    })
    .prefault({} as never),
  /**
   * Load generator: k6, which `./run event` runs, or nGrinder, which has a page of its own. Off by
   * default, because its host costs as much as 16 workers.
   */
  loadGenerator: oneOf(["off", "k6", "ngrinder"]).default("off"),
  network: z
    .strictObject({
      /** Range of the VPC, /16 to /24. It is divided into 16 parts, of which 4 are subnets. */
      vpcCidr: range("an IPv4 range, as 10.0.0.0/16")
        .refine((cidr) => prefixWithin(cidr, 16, 24), { error: "a range of /16 to /24, as 10.0.0.0/16" })
        .default("10.0.0.0/16"),
      /**
       * Range of Swarm's overlay networks. Docker's own default is 10.0.0.0/8, whose networks hide
       * hosts of a VPC in the same range.
       */
      overlayCidr: range("an IPv4 range, as 172.28.0.0/16")
        .refine((cidr) => prefixWithin(cidr, 12, 22), { error: "a range of /12 to /22, as 172.28.0.0/16" })
        .default("172.28.0.0/16"),
      /**
       * Two availability zones. Default: the first two of the region that offer t3.micro. Another
       * value replaces the subnets of a running stack, and everything in them.
       */
      zones: z
        .array(text(/^[a-z]+(-[a-z]+)+-\d[a-z]$/, ZONES_HELP), { error: ZONES_HELP })
        .length(2, { error: ZONES_HELP })
        .refine(([one, other]) => one !== other, { error: ZONES_HELP })
        .optional(),
    })
    .prefault({}),
  images: z
    .strictObject({
      /**
       * Builds images from stand-ins for official base images, which `./run` builds on a machine
       * that reaches no registry. Off by default, so that no stand-in gets to AWS.
       */
      standIns: yesOrNo().default(false),
    })
    .prefault({}),
  operators: z
    .strictObject({
      /**
       * Ranges that may connect to the manager by SSH. Required, so that nobody opens it to the
       * world by accident.
       */
      cidrs: z
        .array(
          range(OPERATORS_HELP).refine((cidr) => !cidr.endsWith("/0"), { error: OPERATORS_HELP }),
          { error: OPERATORS_HELP },
        )
        .min(1, { error: OPERATORS_HELP }),
      /**
       * Public keys of people. They may log in as `admin`, beside the program's own key. A change
       * updates the hosts in place.
       */
      sshPublicKeys: z
        .array(text(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+( [^\n']*)?$/, "an OpenSSH public key"))
        .default([]),
      /**
       * Allows a shell by SSM Session Manager too, for identities that IAM allows it. Turn it off
       * where AWS's bucket with its agent can't be reached.
       */
      sessionManager: yesOrNo().default(true),
    })
    .prefault({} as never),
  entrance: z
    .strictObject({
      /**
       * Ranges that may call the API. The default is all addresses, because the event is public.
       */
      cidrs: z.array(range("an IPv4 range, as 0.0.0.0/0")).min(1).default(["0.0.0.0/0"]),
    })
    .prefault({}),
  swarm: z
    .strictObject({
      /**
       * Encrypts the overlay networks (IPsec between the hosts). Turn it off where the kernel lacks
       * xfrm, as inside containers.
       */
      encryptedOverlay: yesOrNo().default(true),
      /**
       * Rotation of the Swarm's secrets. A new number rotates the join tokens, as after somebody
       * has seen one, and the certificate authority with the certificate of each node. Tasks keep
       * running. All nodes have to be up. In any case the Swarm renews certificates within their 90
       * days.
       */
      rotation: wholeNumber(1, 1_000_000, "the number of the rotation").default(1),
    })
    .prefault({}),
  database: z
    .strictObject({
      /**
       * Instance class. The database is the event's bottleneck by design: a db.t3.micro had 81
       * connections.
       */
      instanceClass: databaseClass().default("db.t3.micro"),
      /**
       * Storage in GiB. The smallest gp3 volume has 20 GiB; the event's rows need a tenth of that.
       */
      storageGib: wholeNumber(20, 1000, "GiB").default(20),
      /**
       * Major version of PostgreSQL. Minor versions change automatically. A higher number upgrades
       * the database in place, which is down during the upgrade. RDS can't go back to a lower one.
       */
      engineVersion: oneOf(["16", "17"]).default("17"),
      /** Days for which automatic backups are kept; 0 disables them. */
      backupRetentionDays: wholeNumber(0, 35, "days").default(7),
      /**
       * Prevents AWS and `pulumi destroy` from deleting the database. If both protections are
       * removed by hand, RDS still takes a last snapshot. To delete the database and leave nothing,
       * set this to false, run `pulumi up`, and then `pulumi destroy`.
       */
      deletionProtection: yesOrNo().default(true),
    })
    .prefault({}),
  kafka: z
    .strictObject({
      /**
       * Partitions of the topic in which requests wait. One partition keeps the order of all
       * requests. Kafka can add partitions to a topic but not remove them.
       */
      partitions: wholeNumber(1, 100, "partitions").default(1),
      /** Time for which records are kept, long enough to replay the event. */
      retentionHours: wholeNumber(1, 8760, "hours").default(168),
    })
    .prefault({}),
  api: z
    .strictObject({
      /**
       * Number of replicas of the API. Each task publishes its port on its host, so there can't be
       * more replicas than workers. Default: 4, or the number of workers if that is lower.
       */
      replicas: wholeNumber(1, 50, "replicas").optional(),
      /**
       * Memory limit of one task. It took 137 MB after 1,310,000 requests, and 234 MB with 6,000
       * connections (docs/performance.md). Together with the issuer it has to fit on a t3.micro.
       */
      memoryMib: wholeNumber(128, 16384, "MiB").default(384),
    })
    .prefault({}),
  issuer: z
    .strictObject({
      /**
       * Memory limit of the issuer. Without a limit, the prototype took 508 MB with a backlog of a
       * million records.
       */
      memoryMib: wholeNumber(128, 16384, "MiB").default(384),
    })
    .prefault({}),
  event: z
    .strictObject({
      /** Number of gifticons in stock. */
      stock: wholeNumber(1, 100_000_000, "gifticons").default(100_000),
    })
    .prefault({}),
  deployment: z
    .strictObject({
      /**
       * Time limit for a stack's services to become healthy. When it passes, the deployment is
       * rolled back.
       */
      timeoutSeconds: wholeNumber(30, 3600, "seconds").default(300),
    })
    .prefault({}),
});

const schema = fields
  .superRefine((settings, context) => {
    for (const { path, message } of contradictions(settings)) context.addIssue({ code: "custom", path, message });
  })
  .transform((settings) => ({
    ...settings,
    api: { ...settings.api, replicas: settings.api.replicas ?? Math.min(4, settings.workers) },
  }));

/** Yields each contradiction between settings: the place, and the allowed values. */
function* contradictions({
  mode,
  workers,
  network,
  hosts,
  api,
  loadGenerator,
}: z.output<typeof fields>): Generator<{ path: string[]; message: string }> {
  const vpc = parseCidr(network.vpcCidr);
  const overlay = parseCidr(network.overlayCidr);
  if (vpc && DOCKER_BRIDGES.some((bridge) => overlaps(vpc, bridge))) {
    yield {
      path: ["network", "vpcCidr"],
      message: "a range outside of 172.17.0.0/16 and 172.18.0.0/16, which Docker uses for its own bridges on each host",
    };
  }
  if (vpc && overlay && overlaps(vpc, overlay)) {
    yield { path: ["network", "overlayCidr"], message: `a range outside of network.vpcCidr, ${network.vpcCidr}` };
  }
  if (api.replicas !== undefined && api.replicas > workers) {
    yield {
      path: ["api", "replicas"],
      message: `at most as many as workers (${workers}): each task publishes port ${PORTS.api} of its host`,
    };
  }
  if (mode === "kafka" && hosts.kafka.labels[PLACEMENT_LABELS.kafka] !== "true") {
    yield {
      path: ["hosts", "kafka", "labels"],
      message: `labels with ${PLACEMENT_LABELS.kafka}: true, which places Kafka and ZooKeeper`,
    };
  }
  if (loadGenerator !== "off" && hosts.loadGenerator.labels[PLACEMENT_LABELS.loadGenerator] !== "true") {
    yield {
      path: ["hosts", "loadGenerator", "labels"],
      message: `labels with ${PLACEMENT_LABELS.loadGenerator}: true, which places the load generator`,
    };
  }
  if (loadGenerator === "ngrinder" && instanceMemoryMib[hosts.loadGenerator.instanceType] < NGRINDER_MIB) {
    yield {
      path: ["hosts", "loadGenerator", "instanceType"],
      message: `a type of at least ${NGRINDER_MIB / 1024} GiB of memory, which nGrinder needs for 6,000 users`,
    };
  }
  const marks = {
    kafka: "which marks the only host of Kafka and its data",
    loadGenerator: "which marks the only host of the load generator",
  } as const;
  for (const own of ["kafka", "loadGenerator"] as const) {
    const [label, why] = [PLACEMENT_LABELS[own], marks[own]];
    for (const role of ["manager", "worker", "kafka", "loadGenerator"] as const) {
      if (role !== own && hosts[role].labels[label] !== undefined) {
        yield { path: ["hosts", role, "labels"], message: `labels without ${label}, ${why}` };
      }
    }
  }
}

/** Every setting of the environment, validated and with defaults. */
export type Settings = z.output<typeof schema>;

/**
 * Reads the settings of the stack. Only this function reads them.
 *
 * @param config all configuration of the run from the engine, by full key
 *   ("gifticon-event:workers").
 * @param isSecret reports if a setting is encrypted in the file.
 * @throws SettingsError with one line for each wrong, missing or unknown setting.
 */
export function loadSettings(config: Record<string, string>, isSecret?: (key: string) => boolean): Settings {
  return readSettings(schema, "gifticon-event", config, isSecret);
}

function prefixWithin(cidr: string, min: number, max: number): boolean {
  const prefix = parseCidr(cidr)?.prefix;
  return prefix === undefined || (prefix >= min && prefix <= max);
}
