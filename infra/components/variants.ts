import type { Image } from "./image.ts";

// The settings select two variants of the environment: its mode and its load generator.
// `buildImages` creates the variant, `HostFleet` adds the host, and `joinNodes` adds the node. So
// each stack receives all parts of its variant.

/** The queue of the event. In mode direct the API writes to the database itself. */
export type Queue<Parts = unknown> = { mode: "direct" } | KafkaQueue<Parts>;

/** A queue in Kafka: its images and the parts made so far. */
export type KafkaQueue<Parts = unknown> = { mode: "kafka"; issuer: Image; kafka: Image } & Parts;

/** The load generator, which is off by default. */
export type Load<Parts = unknown> = { kind: "off" } | LoadGenerator<Parts>;

/** A load generator: its images and the parts made so far. */
export type LoadGenerator<Parts = unknown> = K6<Parts> | Ngrinder<Parts>;

/** k6, with an agent that observes the event from inside. */
export type K6<Parts = unknown> = { kind: "k6"; generator: Image; agent: Image } & Parts;

/** nGrinder: its controller, and an agent that sends the requests. */
export type Ngrinder<Parts = unknown> = { kind: "ngrinder"; controller: Image; agent: Image } & Parts;
