import { PLACEMENT_LABELS } from "@gifticon/contract/facts/names.ts";

/** Constraints of the event's tasks: workers without another purpose. */
export const ON_WORKERS = [
  "node.role == worker",
  `node.labels.${PLACEMENT_LABELS.kafka} != true`,
  `node.labels.${PLACEMENT_LABELS.loadGenerator} != true`,
];

/** Constraints of Kafka and ZooKeeper: the host with their data. */
export const ON_KAFKA_HOST = [`node.labels.${PLACEMENT_LABELS.kafka} == true`];

/** Constraints of the load generator. */
export const ON_LOAD_GENERATOR = [`node.labels.${PLACEMENT_LABELS.loadGenerator} == true`];
