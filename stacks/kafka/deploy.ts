import { STACKS } from "@gifticon/contract/facts/names.ts";
import { output, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import { instanceMemoryMib } from "../../infra/config/instance-types.ts";
import type { JoinedHost } from "../../infra/components/join-nodes.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import type { KafkaQueue } from "../../infra/components/variants.ts";
import { Stack } from "../stack.ts";
import { kafkaStack } from "./kafka-stack.ts";
import { shareMemory } from "./memory.ts";
import { brokerProperties, zookeeperProperties } from "./properties.ts";

/** Arguments of Kafka's stack. */
export interface KafkaArgs {
  settings: Settings;
  swarm: Swarm;
  queue: KafkaQueue<JoinedHost>;
  after: Resource[];
}

/** Deploys Kafka and ZooKeeper, and declares the topics. */
export function deployKafka({ settings, swarm, queue, after }: KafkaArgs): Resource {
  const { host, node, kafka } = queue;
  const { partitions, retentionHours } = settings.kafka;
  const properties = host.instance.privateIp.apply((externalAddress) =>
    brokerProperties({ externalAddress, retentionHours }),
  );
  const stack = new Stack(STACKS.kafka, {
    swarm: swarm.target,
    files: {
      kafka: { kind: "config", content: properties },
      zookeeper: { kind: "config", content: zookeeperProperties() },
    },
    compose: (configs) =>
      output({
        image: kafka.reference,
        network: swarm.network,
        memory: shareMemory(instanceMemoryMib[host.plan.instanceType]),
        partitions,
        configs,
        nodeId: node.nodeId,
        repair: swarm.target.drift.repair(`${STACKS.kafka}-stack`),
      }).apply(kafkaStack),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
  return stack.deployment;
}
