import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotReadyError } from "./stack-outputs.ts";

/**
 * Greatest length of a Unix socket's path in bytes: 108 with the final zero (sun_path in unix(7)).
 */
const SOCKET_PATH_BYTES = 107;
/** Bytes that ssh appends to the path while it creates a socket: a dot and 16 characters. */
const SSH_SUFFIX_BYTES = 17;
const NAME = "gifticon-ssh-";
/** Length of the folder's name, to which mkdtemp adds 6 characters. */
const NAME_BYTES = NAME.length + 6;
/**
 * Matches paths without characters that an ssh configuration interprets, such as a space or a %.
 */
const PLAIN = /^[\w./-]+$/;

/** A folder for ssh's files that only this user can read. */
export interface SshFolder {
  path: string;
  /** True when the path is short enough for the sockets of shared connections. */
  shares: boolean;
}

/**
 * Creates a folder for ssh's files. With a long TMPDIR, a socket's path would exceed its limit and
 * ssh would fail before it reaches a host. So the folder is created in the first place that is
 * short enough. If none is, it is created in a longer one, and connections are not shared.
 *
 * @param longestName the length of the longest socket name in bytes.
 * @param places candidate parent folders in order of preference.
 * @throws NotReadyError when no place works; the message names each with its reason.
 */
export async function makeSshFolder(
  longestName: number,
  places: readonly string[] = [tmpdir(), "/tmp", "/dev/shm", "/var/tmp"],
): Promise<SshFolder> {
  const room = SOCKET_PATH_BYTES - SSH_SUFFIX_BYTES - longestName - "/".length - NAME_BYTES - "/".length;
  const isShort = (place: string) => Buffer.byteLength(place) <= room;
  const reasons = new Map<string, string>();
  const inOrder = [...places.filter(isShort), ...places.filter((place) => !isShort(place))];
  for (const place of inOrder) {
    if (PLAIN.test(place)) {
      try {
        return { path: await mkdtemp(join(place, NAME)), shares: isShort(place) };
      } catch (error) {
        reasons.set(place, (error as NodeJS.ErrnoException).code ?? String(error));
      }
    } else {
      reasons.set(place, "its path may contain only letters, digits and . _ - /");
    }
  }
  const tried = [...reasons].map(([place, reason]) => `${place} (${reason})`).join(", ");
  throw new NotReadyError(
    `no folder can be created for ssh's files: ${tried}\nSet TMPDIR to a folder that you may write to.`,
  );
}
