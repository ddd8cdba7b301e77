import { z } from "zod";

const endpoint = {
  host: z.string().min(1, "must not be empty"),
  user: z.string().default("root"),
  port: z.number().int().min(1, "must be 1 to 65535").max(65_535, "must be 1 to 65535").default(22),
  password: z.string().optional(),
  /** PEM or OpenSSH text. */
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  /**
   * The server's public key as in authorized_keys. Without it the server is not verified, as with
   * the real plugin.
   */
  hostKey: z.string().optional(),
  agentSocketPath: z.string().optional(),
  /** Failed dials that are tried again; -1 is without end. */
  dialErrorLimit: z.number().int().min(-1, "must be -1 (no limit) or more").default(10),
  /** Seconds; 0 is no limit. */
  perDialTimeout: z.number().int().min(0, "must be 0 (no limit) or more").default(15),
};

/** One SSH server and how to log in to it. */
export const endpointSchema = z.strictObject(endpoint);
export type Endpoint = z.infer<typeof endpointSchema>;

/** A server, by way of another one where `proxy` is given. */
export const connectionSchema = z.strictObject({ ...endpoint, proxy: endpointSchema.optional() });
export type Connection = z.infer<typeof connectionSchema>;

/** What of a connection is no secret, although the SDK makes the whole of it one. */
export const plainConnectionInputs = ["connection", "connection.proxy"].flatMap((endpoint) =>
  ["host", "user", "hostKey", "agentSocketPath"].map((name) => `${endpoint}.${name}`),
);

/** An endpoint for messages: who, where. */
export function addressOf({ user, host, port }: Endpoint): string {
  return `${user}@${host}:${port}`;
}
