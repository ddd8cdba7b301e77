import "./infra/stack-traces.ts";
import { getCallerIdentityOutput, getRegionOutput } from "@pulumi/aws";
import { runtime } from "@pulumi/pulumi";
import { loadSettings } from "./infra/config/config.ts";
import { isEncryptedKey } from "./infra/config/encrypted-keys.ts";
import { planFlows } from "./infra/plans/flows.ts";
import { buildImages } from "./infra/components/build-images.ts";
import { Database } from "./infra/components/database.ts";
import { findZones } from "./infra/components/find-zones.ts";
import { Firewall } from "./infra/components/firewall.ts";
import { HostFleet } from "./infra/components/host-fleet.ts";
import { joinNodes } from "./infra/components/join-nodes.ts";
import { LoadBalancer } from "./infra/components/load-balancer.ts";
import { Network } from "./infra/components/network.ts";
import { stackOutputs } from "./infra/components/outputs.ts";
import { Swarm } from "./infra/components/swarm.ts";
import { deployGifticon } from "./stacks/gifticon/deploy.ts";
import { deployKafka } from "./stacks/kafka/deploy.ts";
import { deployLoadTest } from "./stacks/load-test/deploy.ts";
import { deploySchema } from "./stacks/schema/deploy.ts";

const settings = loadSettings(runtime.allConfig(), isEncryptedKey);
const region = getRegionOutput().region;
const account = getCallerIdentityOutput().accountId;

const network = new Network("network", { vpcCidr: settings.network.vpcCidr, zones: await findZones(settings) });
const firewall = new Firewall("firewall", { vpcId: network.vpcId, flows: planFlows(settings) });
const database = new Database("database", {
  settings: settings.database,
  subnetIds: network.privateSubnetIds,
  securityGroupId: firewall.groupId("database"),
});

const images = await buildImages(settings, account, region);
const hosts = new HostFleet("hosts", { settings, region, subnetIds: network.publicSubnetIds, firewall, images });
const swarm = new Swarm("swarm", {
  manager: hosts.manager,
  otherManagers: hosts.otherManagers,
  overlayCidr: settings.network.overlayCidr,
  settings: settings.swarm,
});
const { workers, queue, load, ready } = joinNodes(hosts, swarm);

const kafka = queue.mode === "kafka" ? [deployKafka({ settings, swarm, queue, after: ready })] : [];
const schema = deploySchema({ settings, swarm, images, database, after: [...ready, ...firewall.rules] });
const gifticon = deployGifticon({ settings, swarm, images, database, after: [schema, ...kafka] });
const loadBalancer = new LoadBalancer("api", {
  vpcId: network.vpcId,
  subnetIds: network.publicSubnetIds,
  securityGroupId: firewall.groupId("entrance"),
  workers,
  after: firewall.rules,
});
if (load.kind !== "off") {
  const after = [...load.ready, schema, ...kafka];
  deployLoadTest({ settings, swarm, load, database, apiUrl: loadBalancer.url, after });
}
for (const { node } of workers) node.retire([gifticon, ...loadBalancer.targets]);

export default stackOutputs({ settings, hosts, database, loadBalancer });
