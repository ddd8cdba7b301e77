import { z } from "zod";
import type { Properties } from "../../provider/resource-type.ts";
import { refused } from "../inputs.ts";

const noLogin = "it has no identity provider";

/** Schema of a listener's action on requests. */
export const actionInput = z
  .strictObject({
    authenticateCognito: refused(noLogin),
    authenticateOidc: refused(noLogin),
    fixedResponse: z
      .strictObject({
        contentType: z.enum(["text/plain", "text/css", "text/html", "application/javascript", "application/json"]),
        messageBody: z
          .string()
          .max(1_024)
          .regex(/^[^\0\r\n]*$/, { error: "must be one line" })
          .optional(),
        statusCode: z
          .string()
          .regex(/^[245]\d\d$/, { error: "must be a code from 2XX, 4XX or 5XX" })
          .optional(),
      })
      .optional(),
    forward: z
      .strictObject({
        stickiness: refused("a forward has a single target group"),
        targetGroups: z
          .array(z.strictObject({ arn: z.string(), weight: z.number().int().min(0).max(999).optional() }))
          .length(1, { error: "must have exactly one target group: the local cloud has no weighted forwarding" }),
      })
      .optional(),
    jwtValidation: refused(noLogin),
    order: z.number().int().min(1).max(50_000).optional(),
    redirect: refused("its listeners forward requests or return a fixed response"),
    targetGroupArn: z.string().optional(),
    type: z.enum(["forward", "fixed-response"], {
      error: 'must be "forward" or "fixed-response": the local cloud has no other actions',
    }),
  })
  .superRefine((action, context) => {
    const fail = (path: string, message: string) => {
      context.addIssue({ code: "custom", message, path: [path] });
    };
    const groups = [action.targetGroupArn, action.forward].filter((group) => group !== undefined).length;
    if (action.type === "forward" && groups !== 1)
      fail("targetGroupArn", "type forward takes either targetGroupArn or forward");
    if (action.type !== "forward" && groups > 0) fail("targetGroupArn", "is given with type forward only");
    if ((action.type === "fixed-response") !== (action.fixedResponse !== undefined)) {
      fail("fixedResponse", "is given with type fixed-response, and only with it");
    }
  });
export type Action = z.infer<typeof actionInput>;

/** Returns the action of a listener's record, if it has one. */
export function actionOf(listener: Properties): Action | undefined {
  return (listener["defaultActions"] as unknown as Action[] | undefined)?.[0];
}

/** Returns the target group that a listener's record forwards to, or undefined. */
export function groupArnOf(listener: Properties): string | undefined {
  const action = actionOf(listener);
  return action?.targetGroupArn ?? action?.forward?.targetGroups[0]?.arn;
}
