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
   * The server's public key as in authorized_keys. Without it the server is not verified; the real
   * plugin does the same.
   */
  hostKey: z.string().optional(),
  agentSocketPath: z.string().optional(),
  /** Number of failed connections that are retried; -1 means no limit. */
  dialErrorLimit: z.number().int().min(-1, "must be -1 (no limit) or more").default(10),
  /** Seconds; 0 means no limit. */
  perDialTimeout: z.number().int().min(0, "must be 0 (no limit) or more").default(15),
};

/** One SSH server and how to log in to it. */
export const endpointSchema = z.strictObject(endpoint);
export type Endpoint = z.infer<typeof endpointSchema>;

/** A server, reached through another one if `proxy` is given. */
export const connectionSchema = z.strictObject({ ...endpoint, proxy: endpointSchema.optional() });
export type Connection = z.infer<typeof connectionSchema>;

/** Inputs of a connection that are not secret, although the SDK marks the whole connection. */
export const plainConnectionInputs = ["connection", "connection.proxy"].flatMap((endpoint) =>
  ["host", "user", "hostKey", "agentSocketPath"].map((name) => `${endpoint}.${name}`),
);

/** Formats an endpoint for messages: USER@HOST:PORT. */
export function addressOf({ user, host, port }: Endpoint): string {
  return `${user}@${host}:${port}`;
}
