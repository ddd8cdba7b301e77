import { get } from "node:http";

const TIMEOUT_MS = 3_000;

/**
 * Asks the service in the same container how it is, for Docker's HEALTHCHECK (the image has no curl).
 *
 * @returns The exit code: 0 for a good answer within 3 s, else 1. What the service says goes to standard output.
 */
export function healthcheck(port: number, path: "/healthz" | "/readyz"): Promise<0 | 1> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, timeout: TIMEOUT_MS }, (response) => {
      response.pipe(process.stdout);
      response.on("close", () => {
        resolve(response.statusCode === 200 ? 0 : 1);
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on("error", (error) => {
      process.stdout.write(`${path}: ${error.message}\n`);
      resolve(1);
    });
  });
}
