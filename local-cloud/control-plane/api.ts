import type { LocalRecord } from "../engine/records.ts";

/** Port for the provider's requests to reconcile. Only the machine itself may send them. */
export const RECONCILE_PORT = 8053;

/** Returns the host names that the control plane serves over TLS on the internet network. */
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
  /** The names are in lower case. */
  headers: Partial<Record<string, string>>;
  body: string;
}

export interface ApiResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** The sender of a request, known by its source address. */
export interface Caller {
  sourceAddress: string;
  /** True for the machine itself: the operator, who may do everything. */
  machine: boolean;
  /** The instance with that address. */
  instanceId?: string;
  /** The name of the role in the instance's profile. */
  roleName?: string;
}

/** Facts that a handler needs besides the request. */
export interface ApiContext {
  caller: Caller;
  /**
   * True for a request that comes from the machine, or that is signed with the credentials that the
   * metadata service gave to the caller.
   */
  signed: boolean;
  account: string;
  region: string;
  /** Returns the records of a type, or all records. */
  records: (type?: string) => Promise<LocalRecord[]>;
}

/** Answers for one API. A thrown error becomes a 500 that says only "InternalFailure". */
export type ApiHandler = (request: ApiRequest, context: ApiContext) => Promise<ApiResponse>;
