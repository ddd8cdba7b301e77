/** A load balancer as HAProxy is told of it. */
export interface BalancerConfig {
  /** Seconds after which an idle connection is closed, and after which a target that does not answer gives a 504. */
  idleTimeout: number;
  /** What becomes of X-Forwarded-For. */
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
  /** Seconds over which a target that became healthy gets its full share; 0 is at once. */
  slowStart: number;
  /** Seconds for which a client stays with a target; undefined without stickiness. */
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
  /** Seconds. */
  interval: number;
  /** Seconds. */
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export interface TargetConfig {
  /** The instance's id and the port: "i-0123:8080". */
  name: string;
  address: string;
  port: number;
}

/** Where the balancer's files are in its container. */
export const paths = {
  folder: "/opt/balancer",
  configuration: "/opt/balancer/haproxy.cfg",
  state: "/opt/balancer/servers.state",
  admin: "/opt/balancer/admin.sock",
  master: "/opt/balancer/master.sock",
  client: "/opt/balancer/cli.mts",
} as const;

/**
 * Clients at the same time. A connection takes two files, one to each side, and a container may have no more than 20,000 where its
 * machine has a hard limit.
 */
const maximumConnections = 9_000;

/**
 * With no more clients than this, a target that dies under a request gives a 502, as on AWS. HAProxy itself ends a client's kept connection without a word then
 * (https://github.com/haproxy/haproxy/issues/2375): a client's first request alone is answered. So requests pass a second time through HAProxy, each as the first of
 * a connection of its own; that takes two more files for each request under way and half as much CPU again, which a crowd can't be given.
 */
const answeredClients = 500;

/** The text of haproxy.cfg. */
export function renderBalancer(config: BalancerConfig): string {
  return [
    globals,
    defaults(config),
    ...config.listeners.map((listener) => frontend(listener, config.forwardedFor)),
    ...config.groups.flatMap((group) => [answering(group.name), backend(group)]),
  ].join("\n");
}

const globals = `global
  log stdout format raw local0 notice
  maxconn ${maximumConnections}
  stats socket ${paths.admin} mode 600 level admin expose-fd listeners
  server-state-file ${paths.state}
  # The first check of a new target comes within a second, whatever its interval.
  max-spread-checks 1s
  # A worker that was reloaded finishes its connections, but not for ever.
  hard-stop-after 1h
  # Connections to targets are kept for the next request. HAProxy would give that up once a fifth of its files is in use, as it is with
  # 4,500 clients, and open a connection for each request.
  tune.pool-low-fd-ratio 90
  tune.pool-high-fd-ratio 95
`;

function defaults({ idleTimeout }: BalancerConfig): string {
  return `defaults
  mode http
  log global
  option dontlog-normal
  option dontlognull
  # Connections to targets are shared, as on AWS, whatever client they were opened for.
  http-reuse always
  # A target that refuses a connection gives an error: there is no second try elsewhere on AWS either.
  retries 0
  # At a reload, an idle client keeps its connection until its next answer.
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
          `  use_backend ${answeringName(action.groupName)} if { fe_conn le ${answeredClients} }`,
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

const answeringName = (group: string) => `${group}.answering`;

/** The second way through HAProxy to a group, see {@link answeredClients}. */
function answering(group: string): string {
  const name = answeringName(group);
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

/** A text as one word of the configuration: in strong quotes nothing has a meaning of its own. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
