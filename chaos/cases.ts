import { apiCases } from "./faults/api.ts";
import { brokerCases } from "./faults/broker.ts";
import { databaseCases } from "./faults/database.ts";
import { diskCases } from "./faults/disk.ts";
import { loadBalancerCases } from "./faults/load-balancer.ts";
import { hostCases } from "./faults/hosts.ts";
import { issuerCases } from "./faults/issuer.ts";
import { networkCases } from "./faults/network.ts";
import { overloadCases } from "./faults/overload.ts";
import { replacementCases } from "./faults/replacement.ts";
import type { Case } from "./case.ts";

/** All cases, in the order of `--all`. */
export const CASES: readonly Case[] = [
  ...databaseCases,
  ...brokerCases,
  ...issuerCases,
  ...apiCases,
  ...overloadCases,
  ...networkCases,
  ...hostCases,
  ...loadBalancerCases,
  ...diskCases,
  ...replacementCases,
];
