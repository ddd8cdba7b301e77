import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";

/** Where tasks reach the broker: by the name that it has in the overlay network. */
export const INTERNAL_LISTENER = `${SERVICES.broker}:${PORTS.brokerInternal}`;
