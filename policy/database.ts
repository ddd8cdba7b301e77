import { member, ofType, type Rule } from "./plan.ts";
import { servicesOf } from "./stacks.ts";

const DATABASE = "aws:rds/instance:Instance";
/** Names of test stacks. Their databases need no deletion protection. */
const testStacks = /^(local|test)(-|$)/;

/** Requires encryption at rest. */
export const encryptedDatabase: Rule = {
  id: "encrypted-database",
  severity: "mandatory",
  description: "Databases are encrypted at rest.",
  reason: "Their disks, backups and snapshots contain who got which gifticon.",
  source: "AWS Foundational Security Best Practices RDS.3",
  check: (plan) =>
    ofType(plan, DATABASE)
      .filter(({ inputs }) => inputs["storageEncrypted"] !== true)
      .map(({ name }) => ({ subject: name, message: "storageEncrypted is not true" })),
};

/** Forbids a public address for a database. */
export const privateDatabase: Rule = {
  id: "private-database",
  severity: "mandatory",
  description: "No database has a public address.",
  reason: "Only the services use it, and they are in its network.",
  source: "AWS Foundational Security Best Practices RDS.2",
  check: (plan) =>
    ofType(plan, DATABASE)
      .filter(({ inputs }) => inputs["publiclyAccessible"] !== false)
      .map(({ name }) => ({ subject: name, message: "publiclyAccessible is not false" })),
};

/** Requires TLS from the database, and verification by its clients. */
export const databaseTls: Rule = {
  id: "database-tls",
  severity: "mandatory",
  description: "Databases refuse connections without TLS, and services verify them by a certificate authority.",
  reason: "Otherwise anyone on the network can read the password and all rows, or pose as the database.",
  source: "RDS user guide, Requiring an SSL connection to a PostgreSQL DB instance",
  check: (plan) => [
    ...ofType(plan, "aws:rds/parameterGroup:ParameterGroup")
      .filter(({ inputs }) => {
        const parameters = inputs["parameters"];
        return !(Array.isArray(parameters) ? parameters : []).some(
          (one: unknown) =>
            member({ one }, "one")["name"] === "rds.force_ssl" && String(member({ one }, "one")["value"]) === "1",
        );
      })
      .map(({ name }) => ({ subject: name, message: "the parameter rds.force_ssl is not 1" })),
    ...ofType(plan, DATABASE)
      .filter(({ inputs }) => "parameterGroupName" in inputs && inputs["parameterGroupName"] === "")
      .map(({ name }) => ({ subject: name, message: "it has no parameter group of its own" })),
    ...servicesOf(plan)
      .filter(({ service }) => service.environment?.["DATABASE_HOST"] !== undefined)
      .filter(({ service }) => service.environment?.["DATABASE_CA_FILE"] === undefined)
      .map(({ subject }) => ({ subject, message: "uses the database without DATABASE_CA_FILE" })),
  ],
};

/** Requires deletion protection outside of test stacks. */
export const deletionProtection: Rule = {
  id: "deletion-protection",
  severity: "mandatory",
  description: "Databases outside of test stacks are protected from deletion.",
  reason: "One wrong name in a change would otherwise delete data that can't be created again.",
  source: "AWS Foundational Security Best Practices RDS.8",
  check: (plan) =>
    testStacks.test(plan.stack)
      ? []
      : ofType(plan, DATABASE)
          .filter(({ inputs }) => inputs["deletionProtection"] !== true)
          .map(({ name }) => ({ subject: name, message: "deletionProtection is not true" })),
};
