import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { types } from "@pulumi/command";
import type { Input } from "@pulumi/pulumi";

/** The default user of Debian's images on AWS. */
export const HOST_USER = "admin";

/** How the program reaches a host: over SSH, with the host's key known beforehand. */
export interface Access {
  connection: types.input.remote.ConnectionArgs;
}

/** Who the program is, and the host it speaks to. */
export interface Endpoint {
  address: Input<string>;
  /** The host's public key, as in an authorized_keys file. */
  hostKey: Input<string>;
  /** The private key of the program. */
  privateKey: Input<string>;
}

/** A host boots for one to three minutes, and until its own key is in place each attempt fails. Attempts are at most 5 s apart. */
const DIAL_ATTEMPTS = 90;

/** Access to a host that the machine reaches itself: the manager. */
export function direct(endpoint: Endpoint): Access {
  return { connection: dial(endpoint) };
}

/** Access to a host through another one: workers are reached through the manager only. */
export function through(jump: Endpoint, endpoint: Endpoint): Access {
  return { connection: { ...dial(endpoint), proxy: dial(jump) } };
}

function dial({ address, hostKey, privateKey }: Endpoint) {
  const limits = { dialErrorLimit: DIAL_ATTEMPTS, perDialTimeout: 15 };
  return { host: address, port: PORTS.ssh, user: HOST_USER, hostKey, privateKey, ...limits };
}
