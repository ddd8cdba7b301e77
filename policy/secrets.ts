import type { Finding, PolicyPlan, Rule } from "./plan.ts";
import { servicesOf, type DeclaredService } from "./stacks.ts";

/** Names of variables that hold a secret. */
const secretName =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|JAAS)|(API|PRIVATE|ACCESS|SIGNING|ENCRYPTION|MASTER|SHARED)_?KEY|(^|_)(PASS|PWD|AUTH)$/i;
/**
 * Endings of variables that hold a secret's name or path. ACCESS_KEY_ID is part of a credential.
 */
const reference = /(?<!ACCESS_KEY)_(NAME|ID|ARN)$/i;
const place = /_(FILE|PATH)$/i;

/** Patterns that only secrets match. */
const secretForms: readonly RegExp[] = [
  // A password in a URL or in a connection string.
  /:\/\/[^/\s:@]*:[^/\s@]+@/,
  /\b(password|passwd|pwd|secret|token)\s*=\s*["']?[^\s/;&"']/i,
  // An AWS access key, a private key, a JSON Web Token, a Swarm join token, a GitHub token.
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\./,
  /\bSWMTKN-1-/,
  /\b(gh[oprsu]|github_pat)_\w{20,}/,
];

/** Forbids secrets in environments, commands and health checks. */
export const noSecretsInEnvironment: Rule = {
  id: "no-secrets-in-environment",
  severity: "mandatory",
  description: "A service has no secret in its environment, its command, its health check or its image.",
  reason: "Everyone who may inspect a service or a process can read it there, and crash reports contain it.",
  source: "OWASP Docker Security Cheat Sheet, rule 12; Docker, Manage sensitive data with Docker secrets",
  check: (plan) => [
    ...servicesOf(plan).flatMap((declared) => inService(declared, plan)),
    ...Object.entries(plan.dockerfiles).flatMap(([path, text]) => inEnvironment(path, environmentOf(text), plan)),
  ],
};

function inService({ subject, service }: DeclaredService, plan: PolicyPlan): Finding[] {
  const started = [
    ["command", service.command],
    ["health check", service.healthcheck?.test],
  ] as const;
  return [
    ...inEnvironment(subject, entriesOf(service.environment), plan),
    ...started
      .filter(([, words]) => [words ?? []].flat().some((word) => looksSecret(word, plan)))
      .map(([where]) => ({ subject, message: `has a secret in its ${where}` })),
  ];
}

function inEnvironment(subject: string, entries: readonly (readonly [string, string])[], plan: PolicyPlan): Finding[] {
  return entries
    .filter(([key, value]) => saysSecret(key, value) || looksSecret(value, plan))
    .map(([key]) => ({ subject, message: `has ${key} in its environment` }));
}

/** Reports whether a variable's name announces a secret that its value doesn't only refer to. */
function saysSecret(key: string, value: string): boolean {
  if (!secretName.test(key) && !secretName.test(key.replace(place, ""))) return false;
  return place.test(key) ? !value.startsWith("/") : !reference.test(key);
}

function looksSecret(value: string, { isSecret }: PolicyPlan): boolean {
  return secretForms.some((form) => form.test(value)) || isSecret?.(value) === true;
}

/** Returns the variables of a Compose service, given as a map or as a list of KEY=VALUE. */
function entriesOf(environment: unknown): [string, string][] {
  if (!Array.isArray(environment)) {
    return Object.entries(environment ?? {}).map(([key, value]) => [key, String(value)]);
  }
  return environment.map((line) => {
    const [key = "", ...rest] = String(line).split("=");
    return [key, rest.join("=")];
  });
}

/** Returns a Dockerfile's ENV values and ARG defaults; the image's history keeps both. */
function environmentOf(dockerfile: string): [string, string][] {
  const instructions = dockerfile.replaceAll(/\\\r?\n/g, " ").matchAll(/^\s*(?:ENV|ARG)\s+(.*)$/gim);
  return [...instructions].flatMap(([, text = ""]): [string, string][] => {
    const pairs = [...text.matchAll(/([\w.-]+)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)];
    if (pairs.length > 0) return pairs.map(([, key = "", value = ""]) => [key, value.replaceAll(/^["']|["']$/g, "")]);
    const [key = "", ...value] = text.split(/\s+/);
    return value.length === 0 ? [] : [[key, value.join(" ")]];
  });
}
