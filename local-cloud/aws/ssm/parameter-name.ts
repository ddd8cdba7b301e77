/**
 * Returns the reason why a parameter's name is wrong, or undefined. Source of the rules:
 * PutParameter, Name.
 */
export function parameterNameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 1_011) return "must have 1 to 1011 characters";
  if (!/^[A-Za-z0-9_./-]+$/.test(name)) return "only letters, digits and the characters . _ - / are allowed";
  if (name.includes("/") && !name.startsWith("/")) return "a name with a hierarchy must begin with /";
  if (name.includes("//") || name.endsWith("/")) return "a level of the hierarchy must not be empty";
  if (name.split("/").length - 1 > 15) return "a hierarchy has at most 15 levels";
  if (/^\/?(?:aws|ssm)/i.test(name)) return 'a name must not begin with "aws" or "ssm"';
  return undefined;
}

/**
 * Returns the resource part of a parameter's ARN: "parameter/app/key" for "/app/key" and
 * "parameter/key" for "key".
 */
export function parameterResource(name: string): string {
  return `parameter/${name.replace(/^\//, "")}`;
}
