/** The configuration of a load balancer. */
export interface BalancerConfig {
  /**
   * Idle timeout of connections in seconds. A target that does not answer within it causes a 504.
   */
  idleTimeout: number;
  /** The treatment of the request header X-Forwarded-For. */
  forwardedFor: "append" | "preserve" | "remove";
  listeners: ListenerConfig[];
  groups: GroupConfig[];
}

export interface ListenerConfig {
  port: number;
  action: { groupName: string } | { status: number; contentType: string; body: string };
}

export interface GroupConfig {
  name: string;
  algorithm: "round_robin" | "least_outstanding_requests" | "weighted_random";
  /** Seconds in which the share of a newly healthy target grows to its full value. 0 is at once. */
  slowStart: number;
  /** Seconds that a client stays with a target. Undefined disables stickiness. */
  stickySeconds: number | undefined;
  check: HealthCheck;
  targets: TargetConfig[];
}

export interface HealthCheck {
  path: string;
  /** "traffic-port" or a number. */
  port: string;
  /** "200", "200,301" or "200-299". */
  matcher: string;
  /** Seconds between two checks. */
  interval: number;
  /** Seconds after which a check without an answer fails. */
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export interface TargetConfig {
  /** The instance's id and port: "i-0123:8080". */
  name: string;
  address: string;
  port: number;
}

/** Paths of the load balancer's files in its container. */
export const paths = {
  folder: "/opt/balancer",
  configuration: "/opt/balancer/haproxy.cfg",
  state: "/opt/balancer/servers.state",
  admin: "/opt/balancer/admin.sock",
  master: "/opt/balancer/master.sock",
  client: "/opt/balancer/cli.mts",
} as const;

/**
 * Maximum number of concurrent connections. Each uses two file descriptors, one to the client and
 * one to the target. A container may have no more than 20,000: the hard limit of its machine.
 */
const maximumConnections = 9_000;

/**
 * Up to this many clients, a client gets a 502 when its target closes the connection during a
 * request, as on AWS. HAProxy itself then closes a client's keep-alive connection without an answer
 * (https://github.com/haproxy/haproxy/issues/2375), unless the request is the first of its
 * connection. So each request passes through HAProxy a second time, as the first of a new
 * connection. That costs two more file descriptors for each concurrent request and half as much CPU
 * again, which is too much for more clients.
 */
const secondPassClients = 500;

/** Returns the text of haproxy.cfg. */
export function renderBalancer(config: BalancerConfig): string {
  return [
    globals,
    defaults(config),
    ...config.listeners.map((listener) => frontend(listener, config.forwardedFor)),
    ...config.groups.flatMap((group) => [secondPass(group.name), backend(group)]),
  ].join("\n");
}

const globals = `global
  log stdout format raw local0 notice
  maxconn ${maximumConnections}
  stats socket ${paths.admin} mode 600 level admin expose-fd listeners
  server-state-file ${paths.state}
  # Checks a new target within a second, independent of its interval.
  max-spread-checks 1s
  # After a reload, the old worker finishes its connections within this time.
  hard-stop-after 1h
  # Keeps connections to targets for later requests. By default HAProxy stops that, and opens a
  # connection for each request, once a fifth of its files is in use, as with 4,500 clients.
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95
`;

function defaults({ idleTimeout }: BalancerConfig): string {
  return `defaults
  mode http
  log global
  option dontlog-normal
  option dontlognull
  # Any client's request may use any open connection to a target, as on AWS.
  http-reuse always
  # A refused connection to a target is an error: AWS does not try another target either.
  retries 0
  # After a reload, an idle client keeps its connection until its next answer.
  option idle-close-on-response
  timeout connect 10s
  timeout client ${idleTimeout}s
  timeout server ${idleTimeout}s
  timeout http-request ${idleTimeout}s
  timeout http-keep-alive ${idleTimeout}s
  timeout tunnel ${idleTimeout}s
  load-server-state-from-file global
`;
}

function frontend({ port, action }: ListenerConfig, forwardedFor: BalancerConfig["forwardedFor"]): string {
  const forwarded = {
    append: ["  option forwardfor"],
    preserve: [],
    remove: ["  http-request del-header X-Forwarded-For"],
  }[forwardedFor];
  const answer =
    "groupName" in action
      ? [
          `  use_backend ${secondPassName(action.groupName)} if { fe_conn le ${secondPassClients} }`,
          `  default_backend ${action.groupName}`,
        ]
      : [
          `  http-request return status ${action.status} content-type ${quoted(action.contentType)} string ${quoted(action.body)}`,
        ];
  return `${[
    `frontend listener-${port}`,
    `  bind :${port}`,
    ...forwarded,
    "  http-request set-header X-Forwarded-Proto http",
    `  http-request set-header X-Forwarded-Port ${port}`,
    ...answer,
  ].join("\n")}\n`;
}

const secondPassName = (group: string) => `${group}.second-pass`;

/** Returns the second pass of a group's requests through HAProxy, see {@link secondPassClients}. */
function secondPass(group: string): string {
  const name = secondPassName(group);
  return `backend ${name}
  option http-server-close
  server hop abns@${name}

frontend ${name}
  bind abns@${name}
  default_backend ${group}
`;
}

const balance = {
  round_robin: "roundrobin",
  least_outstanding_requests: "leastconn",
  weighted_random: "random",
} as const;

function backend(group: GroupConfig): string {
  const { check } = group;
  const slowStart = group.slowStart > 0 ? ` slowstart ${group.slowStart}s` : "";
  const checkPort = check.port === "traffic-port" ? "" : ` port ${check.port}`;
  const sticky =
    group.stickySeconds === undefined
      ? []
      : [`  cookie AWSALB insert indirect nocache httponly maxlife ${group.stickySeconds}s`];
  return `${[
    `backend ${group.name}`,
    `  balance ${balance[group.algorithm]}`,
    ...sticky,
    "  option httpchk",
    `  http-check send meth GET uri ${quoted(check.path)} ver HTTP/1.1 hdr Host health-check hdr User-Agent ELB-HealthChecker/2.0 hdr Connection close`,
    `  http-check expect status ${check.matcher}`,
    `  timeout check ${check.timeout}s`,
    `  default-server check inter ${check.interval}s rise ${check.healthyThreshold} fall ${check.unhealthyThreshold}${checkPort}${slowStart}`,
    ...group.targets.map(
      (target) =>
        `  server ${target.name} ${target.address}:${target.port}${sticky.length > 0 ? ` cookie ${target.name}` : ""}`,
    ),
  ].join("\n")}\n`;
}

/** Returns a text as one word of the configuration. Strong quotes escape all special characters. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
