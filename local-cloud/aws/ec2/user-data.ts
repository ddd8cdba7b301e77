/** EC2 takes this many bytes of user data, before it is encoded. */
const USER_DATA_LIMIT = 16_384;

/** The bytes of an instance's user data, from either of its two properties; undefined where there is none. */
export function userDataOf(inputs: {
  userData?: string | undefined;
  userDataBase64?: string | undefined;
}): Buffer | undefined {
  if (inputs.userData !== undefined) return Buffer.from(inputs.userData);
  return inputs.userDataBase64 === undefined ? undefined : Buffer.from(inputs.userDataBase64, "base64");
}

/** What is wrong with the user data, or undefined. Only scripts run here: the rest of cloud-init's formats would be ignored. */
export function userDataFailure(data: Buffer): string | undefined {
  if (data.length > USER_DATA_LIMIT) {
    return `has ${data.length} bytes; EC2 takes at most ${USER_DATA_LIMIT} before they are encoded`;
  }
  if (data.length > 0 && data.toString("latin1", 0, 2) !== "#!") {
    return "must be a script that begins with #!: local-cloud runs no cloud-config, MIME or compressed user data";
  }
  return undefined;
}
