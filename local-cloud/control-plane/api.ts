import type { LocalRecord } from "../engine/records.ts";

/**
 * The port on which the control plane takes the provider's request to reconcile; it answers the
 * machine only.
 */
export const RECONCILE_PORT = 8053;

/** The host names under which the control plane answers over TLS on the internet network. */
export function apiNames(region: string): string[] {
  return [`api.ecr.${region}.amazonaws.com`, `ssm.${region}.amazonaws.com`, "truststore.pki.rds.amazonaws.com"];
}

/** A request to one of the APIs, read to its end. */
export interface ApiRequest {
  method: string;
  /** The Host header without a port, in lower case. */
  host: string;
  /** Path and query as sent. */
  path: string;
  /** By their names in lower case. */
  headers: Partial<Record<string, string>>;
  body: string;
}

export interface ApiResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Who sends a request, judged by its source address. */
export interface Caller {
  sourceAddress: string;
  /** True for the machine itself: the operator, who may do everything. */
  machine: boolean;
  /** The instance with that address. */
  instanceId?: string;
  /** The name of the role in the instance's profile. */
  roleName?: string;
}

/** What a handler knows beside the request. */
export interface ApiContext {
  caller: Caller;
  /**
   * Whether the request is signed with credentials that the metadata service gave to the caller (or
   * comes from the machine).
   */
  signed: boolean;
  account: string;
  region: string;
  /** The records of a type, or all. */
  records: (type?: string) => Promise<LocalRecord[]>;
}

/** Answers for one API; a thrown error becomes a 500 that tells nothing but "InternalFailure". */
export type ApiHandler = (request: ApiRequest, context: ApiContext) => Promise<ApiResponse>;
