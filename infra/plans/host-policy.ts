/** A statement of an IAM policy document. */
interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string | string[];
}

/** An IAM policy document. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** Rights of a host at AWS. */
export interface HostRights {
  /** ARNs of the SSM parameters with its own keys. */
  parameters: string[];
  /** ARNs of the repositories that it pulls from. */
  repositories: string[];
  /**
   * Allows SSM Session Manager. The AWS managed policy for it would also allow reading all
   * parameters of the account.
   */
  sessionManager: boolean;
}

/** Returns the least-privilege policy of a host's role. */
export function hostPolicy({ parameters, repositories, sessionManager }: HostRights): PolicyDocument {
  const statements: Statement[] = [allow("ReadOwnKeys", ["ssm:GetParameter"], parameters)];
  if (repositories.length > 0) {
    statements.push(
      allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
      allow(
        "PullImages",
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        repositories,
      ),
    );
  }
  if (sessionManager) {
    const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
    statements.push(
      allow("SessionManager", ["ssm:UpdateInstanceInformation", ...channels.map((name) => `ssmmessages:${name}`)], "*"),
    );
  }
  return { Version: "2012-10-17", Statement: statements };
}

/** Trust policy that lets EC2 assume a role for its instances. */
export const ec2Trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

function allow(Sid: string, Action: string[], Resource: string | string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
