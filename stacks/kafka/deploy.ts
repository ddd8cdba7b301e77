import { STACKS } from "@gifticon/contract/facts/names.ts";
import { all, output, type Input, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import { instanceMemoryMib } from "../../infra/config/instance-types.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import { Stack } from "../stack.ts";
import { kafkaStack } from "./kafka-stack.ts";
import { shareMemory } from "./memory.ts";
import { brokerProperties, zookeeperProperties } from "./properties.ts";

/** Arguments of Kafka's stack. */
export interface KafkaArgs {
  settings: Settings;
  swarm: Swarm;
  image: Input<string>;
  /** Private address and node id of its host. */
  hostAddress: Input<string>;
  nodeId: Input<string>;
  after: Resource[];
}

/** Deploys Kafka and ZooKeeper, and declares the topics. */
export function deployKafka({
  settings,
  swarm,
  image,
  hostAddress,
  nodeId,
  after,
}: KafkaArgs): Stack<"kafka" | "zookeeper"> {
  const { partitions, retentionHours } = settings.kafka;
  const memory = shareMemory(instanceMemoryMib[settings.hosts.kafka.instanceType]);
  const properties = output(hostAddress).apply((externalAddress) =>
    brokerProperties({ externalAddress, retentionHours }),
  );
  const repair = swarm.target.drift.repair(`${STACKS.kafka}-stack`);
  return new Stack(STACKS.kafka, {
    swarm: swarm.target,
    files: {
      kafka: { kind: "config", content: properties },
      zookeeper: { kind: "config", content: zookeeperProperties() },
    },
    compose: (configs) =>
      all([image, nodeId, repair, configs.kafka, configs.zookeeper]).apply(
        ([byDigest, node, lastRepair, kafka, zookeeper]) =>
          kafkaStack({
            image: byDigest,
            network: swarm.network,
            memory,
            partitions,
            configs: { kafka, zookeeper },
            nodeId: node,
            repair: lastRepair,
          }),
      ),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}
