// Names of the Swarm's services.
export const API = "gifticon_main-api";
export const ISSUER = "gifticon_gifticon-issuer";
export const BROKER = "kafka_kafka";
export const ZOOKEEPER = "kafka_zookeeper";
