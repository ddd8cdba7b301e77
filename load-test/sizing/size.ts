import { HOURS_A_MONTH, prices } from "../../operate/prices.ts";
import { assumed, measured } from "./measured.ts";

/** Size of an event with a number of users in a minute. */
export interface Size {
  users: number;
  /** Requests a second in the first seconds. It determines all sizes. */
  peakPerSecond: number;
  /** Settings of infra/config/config.ts, by their path. */
  settings: Record<string, string | number>;
  /** Number of issuers. More would wait for the same lock on the stock. */
  issuers: number;
  /** Number of brokers. The program creates one. */
  brokers: number;
  /** Seconds after the minute until all requests are decided. 0 when the issuer keeps up. */
  decidedAfterSeconds: number;
  /** Cores that k6 needs for this load. */
  generatorCores: number;
  /**
   * Cost in US dollars an hour, without the load generator and traffic. Undefined when a price is
   * unknown.
   */
  usdAnHour: number | undefined;
  /** Remarks for the reader. */
  notes: string[];
}

const SPARE_WORKERS = 1;
/**
 * Instance types for the broker, by cores. The first is the default. A t3.large has no more cores
 * than a t3.medium.
 */
const BROKER_HOSTS = [
  { type: "t3.medium", cores: 2 },
  { type: "t3.xlarge", cores: 4 },
  { type: "t3.2xlarge", cores: 8 },
] as const;
const [, , BIGGEST] = BROKER_HOSTS;
/** Records a second of the largest type. Beyond it, one broker is not enough. */
const ONE_BROKER = BIGGEST.cores * assumed.brokerPerCore;
/** Public addresses of the load balancer: one in each zone. */
const LOAD_BALANCER_ADDRESSES = 2;
/** Maximum of `api.replicas` in infra/config/config.ts. */
const MAX_REPLICAS = 50;
const MAX_PARTITIONS = 100;

/** Computes the settings for an event from the measured costs. */
export function sizeFor(users: number, region = "ap-northeast-2"): Size {
  const peakPerSecond = Math.ceil((users / 60) * assumed.burst);
  const perReplica = (10_000 / measured.api.cpuPer10000) * assumed.utilization * assumed.coreOfHost;
  const replicas = Math.max(4, Math.ceil(peakPerSecond / perReplica));
  const partitions = Math.max(1, Math.ceil(peakPerSecond / assumed.partitionPerSecond));
  const rowsPerSecond = measured.issuer.perSecond * assumed.rowsOnRds;
  const decidedAfterSeconds = Math.max(0, Math.ceil(users / rowsPerSecond) - 60);
  const brokers = Math.ceil(peakPerSecond / ONE_BROKER);
  const perBroker = peakPerSecond / brokers;
  const { type: kafkaHost } = BROKER_HOSTS.find(({ cores }) => cores * assumed.brokerPerCore >= perBroker) ?? BIGGEST;
  const workers = replicas + SPARE_WORKERS;
  const stock = Math.max(100_000, users);
  return {
    users,
    peakPerSecond,
    settings: {
      "api.replicas": replicas,
      workers,
      "kafka.partitions": partitions,
      "hosts.worker.instanceType": "t3.micro",
      "hosts.kafka.instanceType": kafkaHost,
      "database.instanceClass": "db.t3.micro",
      "event.stock": stock,
    },
    issuers: 1,
    brokers,
    decidedAfterSeconds,
    generatorCores: Math.ceil((peakPerSecond * measured.k6.cpuPer10000) / 10_000 / 0.8),
    usdAnHour: costOf(region, workers, kafkaHost, brokers),
    notes: [
      ...(replicas > MAX_REPLICAS
        ? [
            `${replicas} replicas are more than the settings allow (${MAX_REPLICAS}): use larger hosts or several environments`,
          ]
        : []),
      ...(partitions > MAX_PARTITIONS
        ? [`${partitions} partitions are more than the settings allow (${MAX_PARTITIONS})`]
        : []),
      ...(brokers > 1
        ? [
            `one broker and one manager are not enough: several brokers (${brokers} of this kind), which this program doesn't make, or a managed Kafka (MSK), and a Swarm of three managers, or ECS`,
          ]
        : []),
      ...(decidedAfterSeconds > 0
        ? [
            `the database limits the event: requests wait in the topic for up to ${decidedAfterSeconds} s after the minute, and none is refused`,
          ]
        : []),
    ],
  };
}

/** Computes the hourly cost of hosts, addresses, disks, database and load balancer. */
function costOf(region: string, workers: number, kafkaHost: string, brokers: number): number | undefined {
  const known = prices[region];
  if (known === undefined) return undefined;
  const { instance, database, databaseStorage, loadBalancer, volume, address } = known;
  const hosts = workers + 1 + brokers;
  const parts = [
    times(instance["t3.micro"], workers + 1),
    times(instance[kafkaHost], brokers),
    times(address, hosts + LOAD_BALANCER_ADDRESSES),
    database["db.t3.micro"],
    times(databaseStorage["gp3"], 20 / HOURS_A_MONTH),
    loadBalancer["application"],
    times(volume["gp3"], ((workers + 1) * 10 + brokers * 20) / HOURS_A_MONTH),
  ];
  if (parts.some((part) => part === undefined)) return undefined;
  return parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

function times(price: number | undefined, count: number): number | undefined {
  return price === undefined ? undefined : price * count;
}
