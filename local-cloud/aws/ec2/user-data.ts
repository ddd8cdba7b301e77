/** EC2's limit for user data in bytes, before base64 encoding. */
const USER_DATA_LIMIT = 16_384;

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
 * Returns the reason why user data is refused, or undefined. Only scripts are accepted: local-cloud
 * would ignore the other formats of cloud-init.
 */
export function userDataFailure(data: Buffer): string | undefined {
  if (data.length > USER_DATA_LIMIT) {
    return `has ${data.length} bytes; EC2 accepts at most ${USER_DATA_LIMIT} before base64 encoding`;
  }
  if (data.length > 0 && data.toString("latin1", 0, 2) !== "#!") {
    return "must be a script that begins with #!: local-cloud runs no cloud-config, MIME or compressed user data";
  }
  return undefined;
}
