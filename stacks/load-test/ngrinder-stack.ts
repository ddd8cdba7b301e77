import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { ON_LOAD_GENERATOR } from "../placement.ts";
import { limits, PIDS, rolling, type Compose, type ComposeService, type Deploy } from "../compose.ts";

/** What the nGrinder stack is told. */
export interface NgrinderStackArgs {
  network: string;
  /** Images by digest. */
  images: { controller: string; agent: string };
  /** Memory of their host, in MiB: the agent's processes take what the controller leaves. */
  hostMib: number;
}

/** Left to the host: kernel, Docker engine, SSH. */
const HOST_MIB = 1024;
const CONTROLLER_MIB = 2048;

/**
 * The load test as it was first measured: nGrinder's controller, with its page and its results on a volume, and one agent beside it. No security group lets anyone at the
 * page: operators reach it by an SSH tunnel through the manager.
 *
 * The images run as root and write into their own folders, which is why they are not held as tightly as the services. They have no health check of their own, but Alpine's tools and curl
 * (https://github.com/naver/ngrinder/tree/develop/docker).
 */
export function ngrinderStack({ network, images, hostMib }: NgrinderStackArgs): Compose {
  const deploy = {
    mode: "replicated",
    replicas: 1,
    endpoint_mode: "dnsrr",
    placement: { constraints: ON_LOAD_GENERATOR },
    restart_policy: { condition: "any", delay: "5s" },
    ...rolling("stop-first"),
  } as const satisfies Partial<Deploy>;
  const common = { user: "0:0", init: true, stop_grace_period: "20s" } as const;
  return {
    services: {
      controller: {
        ...common,
        image: images.controller,
        // Any answer of its page will do: it comes when the web application has started.
        healthcheck: check(["curl", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1/"], "180s"),
        networks: { [network]: { aliases: ["ngrinder-controller"] } },
        ports: [{ target: 80, published: PORTS.ngrinder, protocol: "tcp", mode: "host" }],
        volumes: [{ type: "volume", source: "controller", target: "/opt/ngrinder-controller" }],
        deploy: { ...deploy, resources: limits(CONTROLLER_MIB, PIDS.java) },
      },
      agent: {
        ...common,
        image: images.agent,
        // Where it fetches its program, and is told where to connect.
        command: ["ngrinder-controller:80"],
        // Its start script becomes the agent's Java process once it has the program, for which it asks 30 times, every 10 s.
        healthcheck: check(["pgrep", "java"], "330s"),
        networks: { [network]: { aliases: ["ngrinder-agent"] } },
        volumes: [{ type: "volume", source: "agent", target: "/opt/ngrinder-agent" }],
        deploy: {
          ...deploy,
          // nGrinder has a thread for each user.
          resources: limits(Math.max(hostMib - HOST_MIB - CONTROLLER_MIB, 512), PIDS.users),
        },
      },
    },
    networks: { [network]: { external: true } },
    volumes: { controller: {}, agent: {} },
  };
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
