import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { types } from "@pulumi/command";
import type { Input } from "@pulumi/pulumi";

/** The default user of Debian's images on AWS. */
export const HOST_USER = "admin";

/** Connection of the program to a host, over SSH with a known host key. */
export interface Access {
  connection: types.input.remote.ConnectionArgs;
}

/** A host and the program's key for it. */
export interface Endpoint {
  address: Input<string>;
  /** The host's public key, as in an authorized_keys file. */
  hostKey: Input<string>;
  /** The program's private key. */
  privateKey: Input<string>;
}

/**
 * A host boots for one to three minutes. Direct attempts fail until its host key is in place;
 * attempts through the manager begin after that (await-host-key.sh). They are at most 5 s apart.
 */
const DIAL_ATTEMPTS = 90;

/** Returns the direct connection to a host: the first manager. */
export function directAccess(endpoint: Endpoint): Access {
  return { connection: dial(endpoint) };
}

/** Returns the connection to a host through the first manager. */
export function accessThrough(jump: Endpoint, endpoint: Endpoint): Access {
  return { connection: { ...dial(endpoint), proxy: dial(jump) } };
}

function dial({ address, hostKey, privateKey }: Endpoint) {
  const limits = { dialErrorLimit: DIAL_ATTEMPTS, perDialTimeout: 15 };
  return { host: address, port: PORTS.ssh, user: HOST_USER, hostKey, privateKey, ...limits };
}
