import { runOnHost } from "../../../operate/local-hosts.ts";

/** A running container of a host, as its engine and its kernel see it. */
export interface RunningTask {
  host: string;
  /** Name, such as "gifticon_main-api". */
  service: string;
  id: string;
  pid: number;
  config: { User: string; Healthcheck?: { Test?: string[] }; Image: string; Env: string[] | null };
  hostConfig: HostConfig;
  mounts: { Type: string; Source: string; Destination: string; RW: boolean; Propagation: string }[];
  ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
  appArmorProfile: string;
  health?: { Status: string };
  /** Lines of /proc/PID/status of its first process: Uid, CapEff, NoNewPrivs, Seccomp ... */
  status: Readonly<Record<string, string>>;
}

interface HostConfig {
  Privileged: boolean;
  ReadonlyRootfs: boolean;
  CapAdd: string[] | null;
  CapDrop: string[] | null;
  SecurityOpt: string[] | null;
  Memory: number;
  PidsLimit: number | null;
  NetworkMode: string;
  PidMode: string;
  IpcMode: string;
  UTSMode: string;
  UsernsMode: string;
  CgroupParent: string;
  Devices: unknown[] | null;
}

interface Inspected {
  Id: string;
  State: { Pid: number; Health?: { Status: string } };
  Config: RunningTask["config"] & { Labels: Record<string, string> };
  HostConfig: HostConfig;
  Mounts: RunningTask["mounts"];
  NetworkSettings: { Ports: RunningTask["ports"] };
  AppArmorProfile: string;
}

/** Returns every running container of a host. */
export async function runningTasks(account: string, host: string): Promise<RunningTask[]> {
  const ids = (await runOnHost(account, host, ["docker", "ps", "--quiet", "--no-trunc"])).split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  const inspected = JSON.parse(await runOnHost(account, host, ["docker", "inspect", ...ids])) as Inspected[];
  return Promise.all(
    inspected.map(async ({ Id, State, Config, HostConfig, Mounts, NetworkSettings, AppArmorProfile }) => ({
      host,
      service: Config.Labels["com.docker.swarm.service.name"] ?? "none",
      id: Id,
      pid: State.Pid,
      config: Config,
      hostConfig: HostConfig,
      mounts: Mounts,
      ports: NetworkSettings.Ports,
      appArmorProfile: AppArmorProfile,
      ...(State.Health && { health: State.Health }),
      status: linesOf(await runOnHost(account, host, ["cat", `/proc/${State.Pid}/status`])),
    })),
  );
}

function linesOf(status: string): Record<string, string> {
  return Object.fromEntries(
    status.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
}
