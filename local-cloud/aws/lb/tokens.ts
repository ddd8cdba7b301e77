/**
 * Pulumi's type tokens of Elastic Load Balancing's resources. Their records are kept under the same
 * tokens.
 */
export const token = {
  loadBalancer: "aws:lb/loadBalancer:LoadBalancer",
  targetGroup: "aws:lb/targetGroup:TargetGroup",
  listener: "aws:lb/listener:Listener",
  attachment: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
} as const;
