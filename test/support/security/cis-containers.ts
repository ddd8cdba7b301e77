import type { RunningTask } from "./tasks.ts";

/** A recommendation of the CIS Docker Benchmark 1.6 that can be checked on a running container. */
interface Recommendation {
  number: string;
  what: string;
  holds: (task: RunningTask) => boolean;
}

/** Folders of a host that containers must not write to or read secrets in. */
const SENSITIVE = /^\/(boot|dev|etc|lib|proc|sys|usr|root|run|var\/run|var\/lib\/docker)?(\/|$)/;

/** The recommendations. 4.1 is about images; here it checks the container's real user. */
const CONTAINER_RECOMMENDATIONS: readonly Recommendation[] = [
  {
    number: "4.1",
    what: "runs as a user that isn't root",
    holds: ({ status }) => !(status["Uid"] ?? "0").split(/\s+/).includes("0"),
  },
  {
    number: "4.6",
    what: "has a health check",
    holds: ({ config }) => (config.Healthcheck?.Test ?? ["NONE"])[0] !== "NONE",
  },
  {
    number: "5.4",
    what: "has no capabilities",
    holds: ({ hostConfig, status }) =>
      (hostConfig.CapAdd ?? []).length === 0 &&
      /^0+$/.test(status["CapEff"] ?? "") &&
      /^0+$/.test(status["CapBnd"] ?? ""),
  },
  { number: "5.5", what: "isn't privileged", holds: ({ hostConfig }) => !hostConfig.Privileged },
  {
    number: "5.6",
    what: "mounts no sensitive folder of its host",
    holds: ({ mounts }) => mounts.every(({ Type, Source }) => Type !== "bind" || !SENSITIVE.test(Source)),
  },
  {
    number: "5.8",
    what: "takes no port below 1024 of its host",
    holds: ({ ports }) =>
      Object.values(ports).every((hosts) => (hosts ?? []).every(({ HostPort }) => Number(HostPort) >= 1024)),
  },
  { number: "5.10", what: "has a network of its own", holds: ({ hostConfig }) => hostConfig.NetworkMode !== "host" },
  { number: "5.11", what: "has a memory limit", holds: ({ hostConfig }) => hostConfig.Memory > 0 },
  { number: "5.13", what: "has a read-only root", holds: ({ hostConfig }) => hostConfig.ReadonlyRootfs },
  {
    number: "5.16",
    what: "doesn't share the host's processes",
    holds: ({ hostConfig }) => hostConfig.PidMode !== "host",
  },
  { number: "5.17", what: "doesn't share the host's IPC", holds: ({ hostConfig }) => hostConfig.IpcMode !== "host" },
  {
    number: "5.18",
    what: "has no device of its host",
    holds: ({ hostConfig }) => (hostConfig.Devices ?? []).length === 0,
  },
  {
    number: "5.20",
    what: "shares no mounts",
    holds: ({ mounts }) => mounts.every(({ Propagation }) => Propagation !== "shared"),
  },
  { number: "5.21", what: "doesn't share the host's name", holds: ({ hostConfig }) => hostConfig.UTSMode !== "host" },
  {
    number: "5.22",
    what: "runs under a seccomp filter",
    holds: ({ hostConfig, status }) =>
      !(hostConfig.SecurityOpt ?? []).includes("seccomp=unconfined") && status["Seccomp"] === "2",
  },
  {
    number: "5.25",
    what: "stands in the engine's cgroup",
    holds: ({ hostConfig }) => hostConfig.CgroupParent === "",
  },
  { number: "5.26", what: "can't gain privileges", holds: ({ status }) => status["NoNewPrivs"] === "1" },
  {
    number: "5.27",
    what: "is healthy",
    holds: ({ health }) => health?.Status === "healthy",
  },
  { number: "5.29", what: "has a limit of processes", holds: ({ hostConfig }) => (hostConfig.PidsLimit ?? 0) > 0 },
  {
    number: "5.31",
    what: "doesn't share the host's users",
    holds: ({ hostConfig }) => hostConfig.UsernsMode !== "host",
  },
  {
    number: "5.32",
    what: "doesn't have the engine's socket",
    holds: ({ mounts }) => mounts.every(({ Source }) => !Source.endsWith("docker.sock")),
  },
];

/** Returns a line for each recommendation that a container breaks. */
export function faultsOf(task: RunningTask): string[] {
  return CONTAINER_RECOMMENDATIONS.filter(({ holds }) => !holds(task)).map(
    ({ number, what }) => `${task.host} ${task.service}: not ${number} (${what})`,
  );
}
