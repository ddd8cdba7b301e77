import { type Logger, pino } from "pino";

/**
 * The service's log: JSON lines on standard output, written at once so that nothing is lost when
 * the process ends.
 */
export function createLog(service: string, level: string): Logger {
  return pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime });
}
