import { readAuthority } from "../engine/ca.ts";
import type { ApiHandler } from "./api.ts";
import { ecrApi } from "./ecr-api.ts";
import { ssmApi } from "./ssm-api.ts";
import { truststore } from "./truststore.ts";

const authority = () => readAuthority();

/** The handler for each host name: the first entry whose prefix matches. */
export const handlers: readonly { prefix: string; handler: ApiHandler }[] = [
  { prefix: "api.ecr.", handler: ecrApi(authority) },
  { prefix: "ssm.", handler: ssmApi(authority) },
  { prefix: "truststore.pki.rds.", handler: truststore(authority) },
];
