import { listRecords, type LocalRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { managedPolicy } from "./managed-policies.ts";
import { parsePolicy, type Statement } from "./policy-document.ts";
import { token } from "./tokens.ts";

/** Returns the records of a type whose property has that value. */
export async function recordsWith(type: string, property: string, value: string): Promise<LocalRecord[]> {
  return (await listRecords(type)).filter(({ properties }) => properties[property] === value);
}

/**
 * Refuses to delete an entity that other resources use.
 *
 * @throws ApiError DeleteConflict when `users` holds a record; names the first one.
 */
export function refuseWhileUsed(what: string, users: readonly LocalRecord[]): void {
  const [user] = users;
  if (user !== undefined) {
    throw new ApiError("DeleteConflict", `Cannot delete ${what}: it is used by ${user.type} ${user.id}.`);
  }
}

/**
 * Returns all statements of a role: those of its inline policies and of the policies attached to
 * it.
 *
 * @param records returns the account's records of a type.
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
