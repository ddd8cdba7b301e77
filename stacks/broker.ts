import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";

/** Address of the broker for tasks, by its name in the overlay network. */
export const INTERNAL_LISTENER = `${SERVICES.broker}:${PORTS.brokerInternal}`;
