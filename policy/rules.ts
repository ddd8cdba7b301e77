import { noWildcards } from "./access.ts";
import { databaseTls, deletionProtection, encryptedDatabase, privateDatabase } from "./database.ts";
import { encryptedDisks, imdsV2, kafkaLabel } from "./hosts.ts";
import { closedPorts } from "./network.ts";
import type { PolicyPlan, Rule, Violation } from "./plan.ts";
import { noSecretsInEnvironment } from "./secrets.ts";
import { dropped, healthChecked, imagesByDigest, limited, nonRoot, noDockerSocket, pidsLimited } from "./services.ts";
import { tagged } from "./tags.ts";

/** All guardrails. */
export const rules: readonly Rule[] = [
  imdsV2,
  encryptedDisks,
  kafkaLabel,
  encryptedDatabase,
  privateDatabase,
  databaseTls,
  deletionProtection,
  closedPorts,
  noWildcards,
  imagesByDigest,
  noDockerSocket,
  nonRoot,
  dropped,
  limited,
  pidsLimited,
  healthChecked,
  noSecretsInEnvironment,
  tagged,
];

/** Returns every violation in a plan, in the order of the rules. */
export function violations(plan: PolicyPlan): Violation[] {
  return rules.flatMap((rule) => rule.check(plan).map((finding) => ({ ...finding, rule })));
}
