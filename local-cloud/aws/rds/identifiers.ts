/**
 * Returns the reason why a DB instance identifier is wrong, or undefined. Source of the rules:
 * CreateDBInstance, DBInstanceIdentifier.
 */
export function identifierFault(identifier: string): string | undefined {
  if (identifier.length < 1 || identifier.length > 63) return "must have 1 to 63 characters";
  return hyphenatedFault(identifier);
}

/**
 * Returns the reason why the name of a subnet group is wrong, or undefined. Source of the rules:
 * CreateDBSubnetGroup and the provider.
 */
export function subnetGroupNameFault(name: string): string | undefined {
  if (name.toLowerCase() === "default") return '"default" is reserved';
  if (name.length < 1 || name.length > 255) return "must have 1 to 255 characters";
  return /^[a-z0-9 ._-]+$/.test(name)
    ? undefined
    : "only lower-case letters, digits, hyphens, underscores, periods and spaces are allowed";
}

/**
 * Returns the reason why the name of a parameter group is wrong, or undefined. Source of the rules:
 * CreateDBParameterGroup and the provider.
 */
export function parameterGroupNameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 255) return "must have 1 to 255 characters";
  if (name.startsWith("default.")) return 'names that begin with "default." are reserved';
  return hyphenatedFault(name);
}

/**
 * Returns the reason why a name is not one of lower-case letters, digits and single hyphens, or
 * undefined.
 */
function hyphenatedFault(name: string): string | undefined {
  if (!/^[a-z0-9-]+$/.test(name)) return "only lower-case letters, digits and hyphens are allowed";
  if (!/^[a-z]/.test(name)) return "the first character must be a letter";
  if (name.includes("--")) return "two hyphens in a row are not allowed";
  if (name.endsWith("-")) return "it must not end with a hyphen";
  return undefined;
}

/** User names that RDS for PostgreSQL reserves. */
const reservedUsers = new Set([
  "rdsadmin",
  "rdsrepladmin",
  "rdsproxyadmin",
  "postgresql",
  "public",
  "current_user",
  "user",
]);

/**
 * Returns the reason why the name of the master user is wrong, or undefined. Source of the rules:
 * CreateDBInstance, MasterUsername, RDS for PostgreSQL.
 */
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

/**
 * Returns the reason why the name of the first database is wrong, or undefined. Source of the
 * rules: CreateDBInstance, DBName, RDS for PostgreSQL.
 */
export function databaseNameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 63) return "must have 1 to 63 characters";
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return "must begin with a letter or underscore, and only letters, digits and underscores are allowed";
  }
  return ["rdsadmin", "template0", "template1"].includes(name.toLowerCase()) ? "is reserved by the engine" : undefined;
}

/**
 * Returns the reason why a master password is wrong, or undefined. Never quotes the password.
 * Source of the rules: CreateDBInstance, MasterUserPassword, PostgreSQL.
 */
export function passwordFault(password: string): string | undefined {
  if (password.length < 8 || password.length > 128) {
    return `must have 8 to 128 characters, this one has ${password.length}`;
  }
  if (/[^\x20-\x7e]/.test(password)) return "only printable ASCII characters are allowed";
  return /[/"@ ]/.test(password) ? 'the characters / " @ and space are not allowed' : undefined;
}
