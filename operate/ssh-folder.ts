import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotReadyError } from "./stack-outputs.ts";

/**
 * Bytes of the longest path of a Unix socket: 108 with the zero at its end (sun_path of unix(7)).
 */
const SOCKET_PATH_BYTES = 107;
/** Bytes that ssh appends to the path while it makes a socket: a dot and 16 characters. */
const SSH_SUFFIX_BYTES = 17;
/** Bytes of the name that mkdtemp makes. */
const NAME = "gifticon-ssh-";
const NAME_BYTES = NAME.length + 6;
/**
 * Characters that stand for themselves in a configuration of ssh, where a blank or a % does not.
 */
const PLAIN = /^[\w./-]+$/;

/** A folder of this user alone for what ssh needs. */
export interface SshFolder {
  path: string;
  /** True when the path leaves room for the sockets of shared connections. */
  shares: boolean;
}

/**
 * Makes a folder for ssh's files. TMPDIR may be longer than the path of a socket may be, and ssh
 * then fails before it asks any host; so the first place is taken that is short enough, and where
 * none is, one in which connections are not shared.
 *
 * @param longestName bytes of the longest name of a socket in the folder.
 * @param places folders to make it in, the first choice first.
 * @throws NotReadyError when it can be made in none of them; it names each with the reason.
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
      reasons.set(place, "its path may hold only letters, digits and . _ - /");
    }
  }
  const tried = [...reasons].map(([place, reason]) => `${place} (${reason})`).join(", ");
  throw new NotReadyError(
    `this machine has no folder for the files of ssh: ${tried}\nSet TMPDIR to a folder that you may write to.`,
  );
}
