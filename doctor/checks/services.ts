import { isDeepStrictEqual } from "node:util";
import { inStack, STACK_LABEL, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { ADVICE } from "../advice.ts";
import type { Compose, ComposeService } from "../../stacks/compose.ts";
import type { Declared } from "../declared.ts";
import type { FaultKind, Finding } from "../finding.ts";
import type { ServiceObservation, Observation } from "../observation.ts";
import { kindOfTasks } from "../causes.ts";
import { checkCrashLoop } from "./crash-loop.ts";
import { checkUpdate } from "./update.ts";

/**
 * Checks that the Swarm has the services of the stack files with the same properties, each with all
 * its tasks.
 */
export function checkServices(
  { composes }: Pick<Declared, "composes">,
  observation: Pick<Observation, "swarm" | "hosts">,
  up: string,
): Finding[] {
  return Object.entries(composes).flatMap(([stack, compose]) => {
    const present = observation.swarm.services.filter(({ Spec }) => Spec.Labels[STACK_LABEL] === stack);
    const names = Object.keys(compose.services).map((name) => inStack(stack, name));
    return [
      ...Object.entries(compose.services).flatMap(([name, declared]) =>
        checkService(
          compose,
          declared,
          inStack(stack, name),
          present.find(({ Spec }) => Spec.Name === inStack(stack, name)),
          observation,
          up,
        ),
      ),
      ...present
        .filter(({ Spec }) => !names.includes(Spec.Name))
        .map(({ Spec }) => ({
          what: `service ${Spec.Name} is not in the file of stack ${stack}`,
          next: ADVICE.upRemovesService(up),
        })),
    ];
  });
}

function checkService(
  compose: Compose,
  declared: ComposeService,
  name: string,
  service: ServiceObservation | undefined,
  observation: Pick<Observation, "swarm" | "hosts">,
  up: string,
): Finding[] {
  if (service === undefined) {
    return [{ kind: kindOfService(name), what: `service ${name} is missing`, next: ADVICE.upDeploysAgain(up) }];
  }
  const { Spec, ServiceStatus } = service;
  const [wanted, present] = [propertiesDeclared(compose, declared), propertiesPresent(service)];
  const differing = Object.keys(wanted).filter((key) => !isDeepStrictEqual(wanted[key], present[key]));
  const findings: Finding[] = differing.map((key) => ({
    // Without tasks, it is as if the service was missing.
    kind: key === "replicas" && present[key] === 0 ? kindOfService(name) : undefined,
    what: `service ${name} differs from its stack file in ${key}: ${difference(present[key], wanted[key])}`,
    next: ADVICE.upRestores(up),
  }));
  const loop = checkCrashLoop(service, differing.length > 0, observation, up);
  if (loop !== undefined) findings.push(loop);
  const job = Spec.Mode.ReplicatedJob !== undefined;
  const running = job ? ServiceStatus.CompletedTasks : ServiceStatus.RunningTasks;
  const count = Spec.Mode.ReplicatedJob?.TotalCompletions ?? Spec.Mode.Replicated?.Replicas ?? 0;
  // The end of its tasks shows why they don't run.
  if (running < count && loop === undefined) {
    findings.push({
      kind: kindOfTasks(name),
      what: `service ${name} has ${running} of ${count} tasks ${job ? "completed" : "running"}`,
      next: ADVICE.readTasks(name),
    });
  }
  return [...findings, ...checkUpdate(service, observation, up)];
}

function kindOfService(name: string): FaultKind | undefined {
  return name === SWARM_SERVICES.broker ? "broker's service" : undefined;
}

type Properties = Record<string, unknown>;

function propertiesDeclared(compose: Compose, service: ComposeService): Properties {
  const names = (kind: "configs" | "secrets") =>
    (service[kind] ?? []).map(({ source }) => compose[kind]?.[source]?.name ?? source).sort();
  return {
    replicas: service.deploy.replicas,
    image: service.image,
    command: service.command ?? [],
    user: service.user,
    environment: Object.entries(service.environment ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    "read_only and cap_drop": [service.read_only ?? false, service.cap_drop ?? []],
    constraints: [...service.deploy.placement.constraints].sort(),
    "memory limit": service.deploy.resources.limits.memory,
    ports: (service.ports ?? []).map(({ published, mode }) => `${published} ${mode}`).sort(),
    configs: names("configs"),
    secrets: names("secrets"),
  };
}

function propertiesPresent({ Spec }: ServiceObservation): Properties {
  const { ContainerSpec: container, Placement, Resources } = Spec.TaskTemplate;
  return {
    replicas: Spec.Mode.ReplicatedJob?.TotalCompletions ?? Spec.Mode.Replicated?.Replicas,
    image: container.Image,
    command: container.Args,
    user: container.User,
    environment: [...container.Env].sort(),
    "read_only and cap_drop": [container.ReadOnly, container.CapabilityDrop.map((name) => name.replace(/^CAP_/, ""))],
    constraints: Placement.Constraints.map((text) => text.replace(/\s*([!=]=)\s*/, " $1 ")).sort(),
    "memory limit": `${(Resources?.Limits?.MemoryBytes ?? 0) / 1024 / 1024}M`,
    ports: (Spec.EndpointSpec?.Ports ?? []).map(({ PublishedPort, PublishMode }) => `${PublishedPort} ${PublishMode}`),
    configs: container.Configs.map(({ ConfigName }) => ConfigName).sort(),
    secrets: container.Secrets.map(({ SecretName }) => SecretName).sort(),
  };
}

/** Describes a difference. Of lists, it names only the different items. */
function difference(present: unknown, wanted: unknown): string {
  if (!Array.isArray(present) || !Array.isArray(wanted)) return `${String(present)}, not ${String(wanted)}`;
  const only = (one: unknown[], other: unknown[]) =>
    one
      .filter((item) => !other.some((same) => isDeepStrictEqual(same, item)))
      .map(String)
      .join(", ");
  return `${only(present, wanted) || "nothing"}, not ${only(wanted, present) || "nothing"}`;
}
