/** The type tokens of RDS's resources. */
export const token = {
  subnetGroup: "aws:rds/subnetGroup:SubnetGroup",
  parameterGroup: "aws:rds/parameterGroup:ParameterGroup",
  instance: "aws:rds/instance:Instance",
} as const;
