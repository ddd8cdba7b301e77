import { z } from "zod";

const selection = z
  .strictObject({
    tagStatus: z.enum(["tagged", "untagged", "any"]),
    tagPrefixList: z.array(z.string().min(1)).min(1).optional(),
    tagPatternList: z.array(z.string().min(1)).min(1).max(4).optional(),
    countType: z.enum(["imageCountMoreThan", "sinceImagePushed"]),
    countUnit: z.literal("days").optional(),
    countNumber: z.number().int().min(1),
  })
  .superRefine((given, context) => {
    const fail = (path: string, message: string) => {
      context.addIssue({ code: "custom", message, path: [path] });
    };
    const lists = [given.tagPrefixList, given.tagPatternList].filter((list) => list !== undefined).length;
    if (given.tagStatus === "tagged" ? lists !== 1 : lists !== 0) {
      fail("tagStatus", "tagged takes either tagPrefixList or tagPatternList, untagged and any take neither");
    }
    if ((given.countType === "sinceImagePushed") !== (given.countUnit !== undefined)) {
      fail("countUnit", "is given with countType sinceImagePushed, and only with it");
    }
  });

const policy = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        rulePriority: z.number().int().min(1),
        description: z.string().max(256).optional(),
        selection,
        action: z.strictObject({ type: z.literal("expire") }),
      }),
    )
    .min(1)
    .refine((rules) => new Set(rules.map(({ rulePriority }) => rulePriority)).size === rules.length, {
      error: "each rulePriority must be unique",
    }),
});

/**
 * Returns the reason why the text of a lifecycle policy is wrong, or undefined. Uses ECR's messages
 * where it has some.
 */
export function lifecyclePolicyFault(text: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `InvalidParameterException: the lifecycle policy is not JSON: ${(error as Error).message}`;
  }
  const { error } = policy.safeParse(json);
  if (error === undefined) return undefined;
  const issues = error.issues.map((issue) => `${issue.path.join(".") || "policy"}: ${issue.message}`);
  return `InvalidParameterException: Lifecycle policy validation failure: ${issues.join("; ")}`;
}
