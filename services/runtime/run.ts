import { STOP_SECONDS } from "@gifticon/contract/facts/http.ts";
import type { Logger } from "pino";
import { EnvironmentError } from "./environment.ts";
import { withTimeout } from "./with-timeout.ts";

/** Shorter than the time until the container is killed. */
const STOP_TIMEOUT_MS = (STOP_SECONDS - 5) * 1_000;

/** A service that runs until it is stopped. */
export interface RunningService {
  log: Logger;
  /** Finishes what was accepted and closes everything. */
  stop: () => Promise<void>;
}

/**
 * Runs a service until SIGTERM or SIGINT, and then lets it finish within 25 s. Exits with 0 when
 * everything was finished. Exits with 1 otherwise, when the service can't start, and after an
 * uncaught error, because a process in an unknown state must not continue.
 */
export async function run(start: () => Promise<RunningService>): Promise<void> {
  let service: RunningService;
  try {
    service = await start();
  } catch (error) {
    process.stderr.write(error instanceof EnvironmentError ? `${error.message}\n` : `can't start: ${String(error)}\n`);
    process.exit(1);
  }
  const { log } = service;

  const fail = (error: unknown) => {
    log.fatal({ err: error }, "unexpected error; exiting");
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    withTimeout(service.stop(), STOP_TIMEOUT_MS, "stopping").then(
      () => {
        log.info("stopped");
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, "couldn't finish the work in progress");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
