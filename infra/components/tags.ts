import { getProject, getStack } from "@pulumi/pulumi";

/**
 * The tags of one AWS resource. Explicit on everything that can bear them: by them costs are told apart, and after `pulumi destroy` a look at
 * the tags shows that nothing is left.
 *
 * @param name what the resource is within the stack, as "worker-1".
 */
export function tags(name: string): Record<string, string> {
  return { Project: getProject(), Stack: getStack(), Name: `${getProject()}-${getStack()}-${name}` };
}
