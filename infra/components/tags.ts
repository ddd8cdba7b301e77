import { getProject, getStack } from "@pulumi/pulumi";

/**
 * Returns the tags of an AWS resource. Every taggable resource has them. They attribute costs, and
 * find what a destroy has left.
 *
 * @param name name of the resource in the stack, as "worker-1".
 */
export function tags(name: string): Record<string, string> {
  return { Project: getProject(), Stack: getStack(), Name: `${getProject()}-${getStack()}-${name}` };
}
