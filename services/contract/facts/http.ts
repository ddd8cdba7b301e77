/** Paths that services answer at. */
export const PATHS = {
  /** Requests of gifticons. With a request id appended, the state of a request. */
  gifticons: "/gifticons",
  /** The event's figures. */
  stats: "/stats",
  /** Health of the process: a process that isn't healthy is restarted. */
  health: "/healthz",
  /** Readiness: whether the service can serve now. */
  readiness: "/readyz",
  /** Prometheus. */
  metrics: "/metrics",
} as const;

/** The most bytes of a request's body. */
export const BODY_BYTES = 4_096;

/**
 * The header of a request that makes it one request however often it is sent. As Node.js spells
 * names of headers.
 */
export const IDEMPOTENCY_KEY = "idempotency-key";

/**
 * Seconds that the load balancer keeps an idle connection to a task. The API keeps it longer, so
 * that none is closed under a request.
 */
export const IDLE_SECONDS = 60;

/** Seconds from a service's SIGTERM to its SIGKILL. A service is done earlier. */
export const STOP_SECONDS = 30;
