/** Where requests wait. */
export const TOPIC = "coupon_create";
/** Where records go that can't be read. */
export const DEAD_LETTER_TOPIC = `${TOPIC}.dlt`;

/** Kafka's listener for the services, by the name that it has in the overlay network. */
export const INTERNAL_LISTENER = "kafka:19092";
/** Kafka's port for hosts of the VPC. */
export const EXTERNAL_PORT = 9092;
