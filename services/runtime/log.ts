import { type Logger, pino } from "pino";

/**
 * Creates the service's log: JSON lines on standard output, written synchronously, so that none is
 * lost when the process ends.
 */
export function createLog(service: string, level: string): Logger {
  return pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime });
}
