/** Paths of the services. */
export const PATHS = {
  /** Accepts requests for gifticons. A request id after it selects the status of that request. */
  gifticons: "/gifticons",
  /** Figures of the event. */
  stats: "/stats",
  /** Health of the process. Swarm replaces a task that is not healthy. */
  health: "/healthz",
  /** Readiness of the service to serve requests now. */
  readiness: "/readyz",
  /** Metrics for Prometheus. */
  metrics: "/metrics",
} as const;

/** Maximum size of a request's body, in bytes. */
export const BODY_BYTES = 4_096;

/**
 * Header by which a repeated request counts as one request. Node.js spells names of headers in
 * lower case.
 */
export const IDEMPOTENCY_KEY = "idempotency-key";

/**
 * Seconds after which the load balancer closes an idle connection to a task. The API keeps
 * connections longer, so that none is closed during a request.
 */
export const IDLE_SECONDS = 60;

/** Seconds from a service's SIGTERM to its SIGKILL. A service needs less to stop. */
export const STOP_SECONDS = 30;
