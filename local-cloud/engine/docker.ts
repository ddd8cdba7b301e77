import Docker from "dockerode";

/** The one client of the machine's Docker engine (`DOCKER_HOST`, else its socket). */
export const docker = new Docker();

/** Returns true if the engine answered that the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Returns true if the engine answered that the object is in use or being removed. */
export function isConflict(error: unknown): boolean {
  return statusOf(error) === 409;
}

/** Returns true if the engine answered that the container is started or stopped already. */
export function isNotModified(error: unknown): boolean {
  return statusOf(error) === 304;
}

/** Returns true if no engine answers at the socket, or if this user may not ask it. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && ["ENOENT", "ECONNREFUSED", "EACCES", "ENOTFOUND"].includes(code);
}

/** Waits for a removal. An object that is gone already is a success. */
export async function ignoreGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
}
