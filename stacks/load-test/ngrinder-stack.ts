import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { limits, PIDS, rolling, type Compose, type ComposeService, type Deploy } from "../compose.ts";
import { ON_LOAD_GENERATOR } from "../placement.ts";

/** Inputs of the nGrinder stack. */
export interface NgrinderStackArgs {
  network: string;
  /** Images by digest. */
  images: { controller: string; agent: string };
  /** Names that the stack's files have in the Swarm. */
  configs: Record<NgrinderFile, string>;
  /** Memory of the host of both, in MiB. The agent gets what the controller leaves. */
  hostMib: number;
  /** Address of the API, unless a test gives another. */
  apiUrl: string;
}

/** Files that the stack mounts: scripts of ./ngrinder, and texts of ngrinder-settings.ts. */
export type NgrinderFile = "start" | "configure" | "settings" | "policy";

/** Memory of the host itself: kernel, Docker engine, SSH. */
const HOST_MIB = 1024;
/** Memory of the controller. It took 0.7 GiB with 6,000 users. */
const CONTROLLER_MIB = 2048;

const START = "/etc/gifticon/start.sh";
const CONFIGURE = "/etc/gifticon/configure.sh";
const SETTINGS = "/etc/gifticon/system.conf";
const POLICY = "/etc/gifticon/process_and_thread_policy.js";

/**
 * Returns the stack of a load test with nGrinder, as the original system was measured: the
 * controller, with its page and its results on a volume, and one agent beside it. No security group
 * opens the page. Operators reach it through an SSH tunnel by the manager.
 *
 * The images run as root and write into their own folders, so they have more rights than the
 * services. They have no health check of their own, but Alpine's tools and curl
 * (https://github.com/naver/ngrinder/tree/develop/docker).
 */
export function ngrinderStack({ network, images, configs, hostMib, apiUrl }: NgrinderStackArgs): Compose {
  const deploy = {
    mode: "replicated",
    replicas: 1,
    endpoint_mode: "dnsrr",
    placement: { constraints: ON_LOAD_GENERATOR },
    restart_policy: { condition: "any", delay: "5s" },
    ...rolling("stop-first"),
  } as const satisfies Partial<Deploy>;
  // Java stops within 4 s, and closes its database. The users' script reads API_URL.
  const common = {
    user: "0:0",
    init: true,
    stop_grace_period: "20s",
    environment: { API_URL: apiUrl },
  } as const;
  return {
    services: {
      controller: {
        ...common,
        image: images.controller,
        entrypoint: ["bash", CONFIGURE, SETTINGS, POLICY, "bash", START],
        // Any answer of the page counts: there is one when the web application has started.
        healthcheck: check(["curl", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1/"], "180s"),
        networks: { [network]: { aliases: ["ngrinder-controller"] } },
        ports: [{ target: PORTS.http, published: PORTS.ngrinder, protocol: "tcp", mode: "host" }],
        volumes: [{ type: "volume", source: "controller", target: "/opt/ngrinder-controller" }],
        configs: mounted({ start: START, configure: CONFIGURE, settings: SETTINGS, policy: POLICY }),
        deploy: { ...deploy, resources: limits(CONTROLLER_MIB, PIDS.java) },
      },
      agent: {
        ...common,
        image: images.agent,
        entrypoint: ["bash", START],
        // Its program and the controller's address come from that page. By default the agent sends
        // the log of only one process, so the page would lack the messages of the others.
        command: [`ngrinder-controller:${PORTS.http}`, "-Dagent.all_logs=true"],
        // The start script becomes Java after it has the program, which it requests 30 times, every
        // 10 s.
        healthcheck: check(["pgrep", "java"], "330s"),
        networks: { [network]: { aliases: ["ngrinder-agent"] } },
        volumes: [{ type: "volume", source: "agent", target: "/opt/ngrinder-agent" }],
        configs: mounted({ start: START }),
        // Measured with 6,000 users: 3.0 to 4.1 GiB, and 6,400 threads, because each user has one.
        deploy: { ...deploy, resources: limits(hostMib - HOST_MIB - CONTROLLER_MIB, PIDS.users) },
      },
    },
    networks: { [network]: { external: true } },
    volumes: { controller: {}, agent: {} },
    configs: Object.fromEntries(Object.entries(configs).map(([file, name]) => [file, { external: true, name }])),
  };
}

function mounted(targets: Partial<Record<NgrinderFile, string>>): NonNullable<ComposeService["configs"]> {
  return Object.entries(targets).map(([source, target]) => ({ source, target }));
}

function check(command: string[], start: string): ComposeService["healthcheck"] {
  return {
    test: ["CMD", ...command],
    interval: "10s",
    timeout: "5s",
    retries: 3,
    start_period: start,
    start_interval: "2s",
  };
}
