import { ofType, member, type PolicyPlan, type Rule } from "./plan.ts";
import { servicesOf, type DeclaredService } from "./stacks.ts";
import type { ComposeService } from "../stacks/compose.ts";

/** Returns a check that applies `fault` to each service. */
function each(fault: (declared: DeclaredService, plan: PolicyPlan) => string[]): Rule["check"] {
  return (plan) =>
    servicesOf(plan).flatMap((declared) =>
      fault(declared, plan).map((message) => ({ subject: declared.subject, message })),
    );
}

/** Requires images by digest. */
export const imagesByDigest: Rule = {
  id: "images-by-digest",
  severity: "mandatory",
  description: "Services name their image by digest.",
  reason: "A tag can be moved, so that hosts of one service run different code and a rollback starts another version.",
  source: "CIS Docker Benchmark 4; docs/architecture.md, Images",
  check: each(({ service }) =>
    /@sha256:[0-9a-f]{64}$/.test(service.image) ? [] : [`image ${service.image} has no digest`],
  ),
};

/** Forbids mounting the Docker socket. */
export const noDockerSocket: Rule = {
  id: "no-docker-socket",
  severity: "mandatory",
  description: "No service mounts the Docker engine's socket.",
  reason: "Access to the engine gives root on the host and, on a manager, control of the whole Swarm.",
  source: "CIS Docker Benchmark 5.32; OWASP Docker Security Cheat Sheet, rule 1",
  check: each(({ service }) =>
    service.volumes
      .filter((mount) => mount.type === "bind" && /docker\.sock|^\/(var\/)?run\/?$|^\/$/.test(mount.source))
      .map((mount) => `mounts ${"source" in mount ? mount.source : ""}`),
  ),
};

/** Requires a user other than root. */
export const nonRoot: Rule = {
  id: "non-root",
  severity: "mandatory",
  description: "Services run as a user other than root.",
  reason: "A process that escapes its container as root is root on the host.",
  source: "CIS Docker Benchmark 4.1; OWASP Docker Security Cheat Sheet, rule 2",
  check: each(({ service: { user } }) => {
    const known = user as string | undefined;
    return known === undefined || /^(0|root)(:|$)/.test(known) ? [`runs as ${known ?? "the user of its image"}`] : [];
  }),
};

/** Requires a memory limit. */
export const limited: Rule = {
  id: "memory-limits",
  severity: "mandatory",
  description: "Services have a memory limit.",
  reason:
    "Without one, a service can use up the host's memory. Then the kernel ends any process, such as the Docker engine.",
  source: "CIS Docker Benchmark 5.11",
  check: each(({ service }) => (limitsOf(service).memory === undefined ? ["has no memory limit"] : [])),
};

/** Requires a limit of processes. */
export const pidsLimited: Rule = {
  id: "pids-limits",
  severity: "mandatory",
  description: "Services have a limit of processes and threads.",
  reason: "Without one, a service that keeps forking uses up the host's process ids, and nobody can log in to end it.",
  source: "CIS Docker Benchmark 5.29",
  check: each(({ service }) => ((limitsOf(service).pids ?? 0) <= 0 ? ["has no limit of processes"] : [])),
};

/** Requires dropped capabilities and a read-only root file system. */
export const dropped: Rule = {
  id: "capabilities-dropped",
  severity: "mandatory",
  description: "Services have no capabilities, and can't write to the files of their image.",
  reason: "An attacker in a service has no rights to use and no place for a program.",
  source: "CIS Docker Benchmark 5.4, 5.13; OWASP Docker Security Cheat Sheet, rules 3 and 8",
  check: each(({ service }) => [
    ...(service.cap_drop?.some((capability) => (capability as string) === "ALL") === true
      ? []
      : ["keeps capabilities"]),
    ...(service.read_only === true ? [] : ["can write to its image's files"]),
  ]),
};

/** Requires a health check, except for jobs. */
export const healthChecked: Rule = {
  id: "healthchecks",
  severity: "mandatory",
  description:
    "Services that keep running have a health check, of their own or of their image; jobs end by themselves.",
  reason:
    "Swarm counts a task as running from its first sign of health: without one an update replaces what works by what doesn't.",
  source: "CIS Docker Benchmark 4.6, 5.27",
  check: each(({ service }, plan) => {
    if (service.deploy.mode === "replicated-job" || service.healthcheck?.test !== undefined) return [];
    return imageHasCheck(service.image, plan) ? [] : ["has no health check"];
  }),
};

/** Returns a service's limits. A parsed Compose file may lack any part of the type. */
function limitsOf({ deploy }: DeclaredService["service"]): Partial<ComposeService["deploy"]["resources"]["limits"]> {
  return (deploy as Partial<ComposeService["deploy"]> | undefined)?.resources?.limits ?? {};
}

/** Reports whether the Dockerfile of an image declares a health check. */
function imageHasCheck(image: string, plan: PolicyPlan): boolean {
  const repository = image.replace(/[@:](?!.*\/).*$/, "");
  const built = ofType(plan, "docker:index/image:Image").find(
    ({ inputs }) => typeof inputs["imageName"] === "string" && inputs["imageName"].startsWith(`${repository}:`),
  );
  const path = built && member(built.inputs, "build")["dockerfile"];
  return typeof path === "string" && /^HEALTHCHECK (?!NONE)/m.test(plan.dockerfiles[path] ?? "");
}
