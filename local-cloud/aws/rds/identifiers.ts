/** What is wrong with a DB instance identifier, or undefined. Rules: CreateDBInstance, DBInstanceIdentifier. */
export function identifierFault(identifier: string): string | undefined {
  if (identifier.length < 1 || identifier.length > 63) return "must have 1 to 63 characters";
  return hyphenatedFault(identifier);
}

/** What is wrong with the name of a subnet group, or undefined. Rules: CreateDBSubnetGroup and the provider. */
export function subnetGroupNameFault(name: string): string | undefined {
  if (name.toLowerCase() === "default") return '"default" is reserved';
  if (name.length < 1 || name.length > 255) return "must have 1 to 255 characters";
  return /^[a-z0-9 ._-]+$/.test(name)
    ? undefined
    : "only lower-case letters, digits, hyphens, underscores, periods and spaces are allowed";
}

/** What is wrong with the name of a parameter group, or undefined. Rules: CreateDBParameterGroup and the provider. */
export function parameterGroupNameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 255) return "must have 1 to 255 characters";
  if (name.startsWith("default.")) return 'names that begin with "default." are reserved';
  return hyphenatedFault(name);
}

/** What is wrong with a name of lower-case letters, digits and single hyphens, or undefined. */
function hyphenatedFault(name: string): string | undefined {
  if (!/^[a-z0-9-]+$/.test(name)) return "only lower-case letters, digits and hyphens are allowed";
  if (!/^[a-z]/.test(name)) return "the first character must be a letter";
  if (name.includes("--")) return "two hyphens in a row are not allowed";
  if (name.endsWith("-")) return "it must not end with a hyphen";
  return undefined;
}

/** Names that RDS for PostgreSQL keeps for itself. */
const reservedUsers = new Set([
  "rdsadmin",
  "rdsrepladmin",
  "rdsproxyadmin",
  "postgresql",
  "public",
  "current_user",
  "user",
]);

/** What is wrong with the name of the master user, or undefined. Rules: CreateDBInstance, MasterUsername, RDS for PostgreSQL. */
export function masterUserFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 63) return "must have 1 to 63 characters";
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    return "must begin with a letter, and only letters, digits and underscores are allowed";
  }
  if (reservedUsers.has(name.toLowerCase()) || name.toLowerCase().startsWith("pg_")) {
    return "is reserved by the engine";
  }
  return undefined;
}

/** What is wrong with the name of the first database, or undefined. Rules: CreateDBInstance, DBName, RDS for PostgreSQL. */
export function databaseNameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 63) return "must have 1 to 63 characters";
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return "must begin with a letter or underscore, and only letters, digits and underscores are allowed";
  }
  return ["rdsadmin", "template0", "template1"].includes(name.toLowerCase()) ? "is reserved by the engine" : undefined;
}

/** What is wrong with a master password, or undefined; never quotes it. Rules: CreateDBInstance, MasterUserPassword, PostgreSQL. */
export function passwordFault(password: string): string | undefined {
  if (password.length < 8 || password.length > 128) {
    return `must have 8 to 128 characters, this one has ${password.length}`;
  }
  if (/[^\x20-\x7e]/.test(password)) return "only printable ASCII characters are allowed";
  return /[/"@ ]/.test(password) ? 'the characters / " @ and space are not allowed' : undefined;
}
