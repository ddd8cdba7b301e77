import { listRecords, type LocalRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { managedPolicy } from "./managed-policies.ts";
import { parsePolicy, type Statement } from "./policy-document.ts";
import { token } from "./tokens.ts";

/** The records of a type that have that value at that property. */
export async function recordsWith(type: string, property: string, value: string): Promise<LocalRecord[]> {
  return (await listRecords(type)).filter(({ properties }) => properties[property] === value);
}

/** Throws DeleteConflict when something still uses the entity. */
export function refuseWhileUsed(what: string, users: readonly LocalRecord[]): void {
  const [user] = users;
  if (user !== undefined) {
    throw new ApiError("DeleteConflict", `Cannot delete ${what}: it is used by ${user.type} ${user.id}.`);
  }
}

/**
 * All statements of a role: its inline policies, and the policies attached to it.
 *
 * @param records the account's records by type.
 */
export async function statementsOfRole(
  roleName: string,
  records: (type: string) => Promise<readonly LocalRecord[]>,
): Promise<Statement[]> {
  const ofRole = async (type: string) =>
    (await records(type)).filter(({ properties }) => properties["role"] === roleName);
  const policies = await records(token.policy);
  const documents = [
    ...(await ofRole(token.rolePolicy)).map(({ properties }) => properties["policy"]),
    ...(await ofRole(token.rolePolicyAttachment)).map(({ properties }) => {
      const arn = properties["policyArn"];
      if (typeof arn !== "string") return undefined;
      return policies.find((policy) => policy.id === arn)?.properties["policy"] ?? managedPolicy(arn);
    }),
  ];
  return documents.flatMap((text) => (typeof text === "string" ? parsePolicy(text, "identity") : []));
}
