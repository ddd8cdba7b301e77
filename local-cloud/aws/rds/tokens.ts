/** Pulumi's type tokens of RDS's resources. Their records are kept under the same tokens. */
export const token = {
  subnetGroup: "aws:rds/subnetGroup:SubnetGroup",
  parameterGroup: "aws:rds/parameterGroup:ParameterGroup",
  instance: "aws:rds/instance:Instance",
} as const;
