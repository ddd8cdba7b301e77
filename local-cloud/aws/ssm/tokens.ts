/** The type tokens of Systems Manager's resources. */
export const token = { parameter: "aws:ssm/parameter:Parameter" } as const;
