import { gunzipSync } from "node:zlib";

/** EC2's limit for user data in bytes, before base64 encoding. */
const USER_DATA_LIMIT = 16_384;

/**
 * First characters of the formats that cloud-init knows. It ignores blanks before them, and their
 * case.
 */
const FORMATS = [
  "#!",
  "#cloud-config",
  "#cloud-config-archive",
  "#cloud-config-jsonp",
  "#cloud-boothook",
  "#include",
  "#include-once",
  "#part-handler",
  "## template: jinja",
] as const;

/** Bytes at the start in which cloud-init looks for the headers of a MIME message. */
const MIME_WINDOW = 4_096;

/** Most bytes that compressed user data may unpack to. */
const UNPACKED_LIMIT = 16 * 1024 * 1024;

/**
 * Returns the bytes of an instance's user data from either of its two properties, or undefined when
 * it has none.
 */
export function userDataOf(inputs: {
  userData?: string | undefined;
  userDataBase64?: string | undefined;
}): Buffer | undefined {
  if (inputs.userData !== undefined) return Buffer.from(inputs.userData);
  return inputs.userDataBase64 === undefined ? undefined : Buffer.from(inputs.userDataBase64, "base64");
}

/**
 * Returns the reason why user data is refused, or undefined. EC2 accepts any bytes. Those that
 * cloud-init would ignore are refused here, so that a wrong first line is not found on a host.
 */
export function userDataFailure(data: Buffer): string | undefined {
  if (data.length > USER_DATA_LIMIT) {
    return `has ${data.length} bytes; EC2 accepts at most ${USER_DATA_LIMIT} before base64 encoding`;
  }
  const content = isGzip(data) ? unpack(data) : data;
  if (content === undefined) return "begins as gzip does, and can't be unpacked";
  if (content.length === 0 || isMime(content) || hasFormat(content)) return undefined;
  return `is no format that cloud-init knows, so it would ignore it: begin with one of ${FORMATS.join(", ")}, or with the headers of a MIME message`;
}

function isGzip(data: Buffer): boolean {
  return data[0] === 0x1f && data[1] === 0x8b;
}

function unpack(data: Buffer): Buffer | undefined {
  try {
    return gunzipSync(data, { maxOutputLength: UNPACKED_LIMIT });
  } catch {
    return undefined;
  }
}

function isMime(content: Buffer): boolean {
  return content.toString("latin1", 0, MIME_WINDOW).toLowerCase().includes("mime-version:");
}

function hasFormat(content: Buffer): boolean {
  const start = content.toString("latin1", 0, MIME_WINDOW).trimStart().toLowerCase();
  return FORMATS.some((format) => start.startsWith(format));
}
