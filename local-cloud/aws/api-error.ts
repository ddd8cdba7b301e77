/** An error as the AWS API words it: its code, then what is wrong, for instance "InvalidSubnetID.NotFound: ...". */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
