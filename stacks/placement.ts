import { PLACEMENT_LABELS } from "@gifticon/contract/facts/names.ts";

/** Where the event's tasks may run: on a worker that has no other purpose. */
export const ON_WORKERS = [
  "node.role == worker",
  `node.labels.${PLACEMENT_LABELS.kafka} != true`,
  `node.labels.${PLACEMENT_LABELS.loadGenerator} != true`,
];

/** The host of Kafka and ZooKeeper, with their data. */
export const ON_KAFKA_HOST = [`node.labels.${PLACEMENT_LABELS.kafka} == true`];

/** The host that load comes from. */
export const ON_LOAD_GENERATOR = [`node.labels.${PLACEMENT_LABELS.loadGenerator} == true`];
