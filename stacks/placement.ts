/** Where the event's tasks may run: on a worker that has no other purpose. */
export const ON_WORKERS = [
  "node.role == worker",
  "node.labels.kafka_server != true",
  "node.labels.load_generator != true",
];
