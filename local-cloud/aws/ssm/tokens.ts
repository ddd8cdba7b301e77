/**
 * Pulumi's type tokens of Systems Manager's resources. Their records are kept under the same
 * tokens.
 */
export const token = { parameter: "aws:ssm/parameter:Parameter" } as const;
