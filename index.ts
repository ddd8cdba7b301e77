import { PORTS } from "@gifticon/contract/facts/ports.ts";
import "./infra/stack-traces.ts";
import { getCallerIdentityOutput, getRegionOutput } from "@pulumi/aws";
import { interpolate, runtime } from "@pulumi/pulumi";
import { loadSettings } from "./infra/config/config.ts";
import { Database } from "./infra/components/database.ts";
import { LoadBalancer } from "./infra/components/load-balancer.ts";
import { Firewall } from "./infra/components/firewall.ts";
import { planFlows } from "./infra/plans/flows.ts";
import { HostFleet } from "./infra/components/host-fleet.ts";
import { Network } from "./infra/components/network.ts";
import { joinNodes } from "./infra/components/join-nodes.ts";
import { buildImages, imagesOfGenerator, imagesOfWorkers } from "./infra/components/build-images.ts";
import { Swarm } from "./infra/components/swarm.ts";
import { deployGifticon } from "./stacks/gifticon/deploy.ts";
import { deployKafka } from "./stacks/kafka/deploy.ts";
import { deployLoadTest } from "./stacks/load-test/deploy.ts";
import { deploySchema } from "./stacks/schema/deploy.ts";

const settings = loadSettings(runtime.allConfig());
const region = getRegionOutput().region;
const account = getCallerIdentityOutput().accountId;

const network = new Network("network", settings.network);
const firewall = new Firewall("firewall", { vpcId: network.vpcId, flows: planFlows(settings) });
const database = new Database("database", {
  settings: settings.database,
  loadTest: settings.loadGenerator === "k6",
  subnetIds: network.privateSubnetIds,
  securityGroupId: firewall.groupId("database"),
});

const images = await buildImages(settings, account, region);
const hosts = new HostFleet("hosts", {
  settings,
  region,
  subnetIds: network.publicSubnetIds,
  firewall,
  registry: images.registry,
  repositoryArns: {
    services: imagesOfWorkers(images).map(({ repositoryArn }) => repositoryArn),
    kafka: images.queue ? [images.queue.kafka.repositoryArn] : [],
    loadGenerator: imagesOfGenerator(images).map(({ repositoryArn }) => repositoryArn),
  },
});
const swarm = new Swarm("swarm", {
  manager: hosts.manager.host,
  access: hosts.manager.access,
  otherManagers: hosts.otherManagers,
  overlayCidr: settings.network.overlayCidr,
  encrypted: settings.swarm.encryptedOverlay,
  rotation: settings.swarm.rotation,
});
const joined = joinNodes(hosts, swarm, images);

const kafka =
  hosts.kafka &&
  joined.kafka &&
  images.queue &&
  deployKafka({
    settings,
    swarm,
    image: images.queue.kafka.reference,
    hostAddress: hosts.kafka.host.instance.privateIp,
    nodeId: joined.kafka.nodeId,
    after: joined.ready,
  });
const schema = deploySchema({
  settings,
  swarm,
  images,
  database: database.target,
  after: [...joined.ready, ...firewall.rules],
});
const gifticon = deployGifticon({
  settings,
  swarm,
  images,
  database: database.target,
  after: [schema.deployment, ...(kafka ? [kafka.deployment] : [])],
});
const loadBalancer = new LoadBalancer("api", {
  vpcId: network.vpcId,
  subnetIds: network.publicSubnetIds,
  securityGroupId: firewall.groupId("entrance"),
  targets: joined.workers.map(({ name, host, node }) => ({ name, instanceId: host.instance.id, node })),
  after: firewall.rules,
});
if (images.load) {
  deployLoadTest({
    settings,
    swarm,
    images: images.load,
    database: database.target,
    apiUrl: loadBalancer.url,
    after: [...joined.generatorReady, gifticon.deployment],
  });
}
for (const { node } of joined.workers) node.retire([gifticon.deployment, ...loadBalancer.targets]);

/**
 * The stack's outputs, described in the README. One that is undefined would make the engine warn.
 */
export default {
  apiUrl: loadBalancer.url,
  managerPublicIp: hosts.manager.host.instance.publicIp,
  ...(hosts.otherManagers.length > 0
    ? { otherManagerPublicIps: hosts.otherManagers.map(({ host }) => host.instance.publicIp) }
    : {}),
  ...(hosts.kafka
    ? { kafkaBootstrapServers: interpolate`${hosts.kafka.host.instance.privateIp}:${PORTS.brokerExternal}` }
    : {}),
  databaseEndpoint: database.endpoint,
  mode: settings.mode,
  loadGenerator: settings.loadGenerator,
  nodes: hosts.all.map(({ host }) => ({
    name: host.plan.name,
    role: host.plan.role,
    privateIp: host.instance.privateIp,
    labels: host.plan.labels,
    hostKey: host.hostKey,
  })),
};
