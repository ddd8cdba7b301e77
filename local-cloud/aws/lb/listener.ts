import { z } from "zod";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { recordsWith } from "../ec2/find.ts";
import { refused, regionInput, tagsInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { applyBalancers } from "./apply.ts";
import { newListenerArn } from "./arns.ts";
import { portInput } from "./inputs.ts";
import { actionInput, groupArnOf } from "./listener-action.ts";
import { token } from "./tokens.ts";

const noTls = "its listeners support HTTP only, because it has no certificates of ACM";
const noHeaderRules = "it changes no headers but X-Forwarded-For, -Proto and -Port";
const headerRules = [
  "routingHttpRequestXAmznMtlsClientcertHeaderName",
  "routingHttpRequestXAmznMtlsClientcertIssuerHeaderName",
  "routingHttpRequestXAmznMtlsClientcertLeafHeaderName",
  "routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName",
  "routingHttpRequestXAmznMtlsClientcertSubjectHeaderName",
  "routingHttpRequestXAmznMtlsClientcertValidityHeaderName",
  "routingHttpRequestXAmznTlsCipherSuiteHeaderName",
  "routingHttpRequestXAmznTlsVersionHeaderName",
  "routingHttpResponseAccessControlAllowCredentialsHeaderValue",
  "routingHttpResponseAccessControlAllowHeadersHeaderValue",
  "routingHttpResponseAccessControlAllowMethodsHeaderValue",
  "routingHttpResponseAccessControlAllowOriginHeaderValue",
  "routingHttpResponseAccessControlExposeHeadersHeaderValue",
  "routingHttpResponseAccessControlMaxAgeHeaderValue",
  "routingHttpResponseContentSecurityPolicyHeaderValue",
  "routingHttpResponseServerEnabled",
  "routingHttpResponseStrictTransportSecurityHeaderValue",
  "routingHttpResponseXContentTypeOptionsHeaderValue",
  "routingHttpResponseXFrameOptionsHeaderValue",
] as const;
const refusedHeaderRules = Object.fromEntries(headerRules.map((name) => [name, refused(noHeaderRules)])) as Record<
  (typeof headerRules)[number],
  ReturnType<typeof refused>
>;

const inputs = z.strictObject({
  alpnPolicy: refused(noTls),
  certificateArn: refused(noTls),
  defaultActions: z.array(actionInput).length(1, { error: "must have exactly one action" }),
  loadBalancerArn: z.string(),
  mutualAuthentication: refused(noTls),
  port: portInput,
  protocol: z.literal("HTTP", { error: `must be "HTTP" in local-cloud: ${noTls}` }).default("HTTP"),
  region: regionInput,
  ...refusedHeaderRules,
  sslPolicy: refused(noTls),
  tags: tagsInput,
  tcpIdleTimeoutSeconds: refused("its load balancers are of the type application"),
});

/** A listener: a port of a load balancer, with the action on its requests. */
export const listener = recordResource<z.infer<typeof inputs>>({
  token: token.listener,
  inputs,
  replaceOn: ["loadBalancerArn", "region"],
  newId: ({ loadBalancerArn }) => newListenerArn(loadBalancerArn),
  outputs: (_values, id) => ({ arn: id, sslPolicy: "" }),
  validate: async (values, id) => {
    if ((await getRecord(token.loadBalancer, values.loadBalancerArn)) === undefined) {
      throw new ApiError("LoadBalancerNotFound", `Load balancer '${values.loadBalancerArn}' not found`);
    }
    const group = groupArnOf({ defaultActions: values.defaultActions as never });
    if (group !== undefined && (await getRecord(token.targetGroup, group)) === undefined) {
      throw new ApiError("TargetGroupNotFound", `Target groups '${group}' not found`);
    }
    const others = await recordsWith(token.listener, "loadBalancerArn", values.loadBalancerArn);
    if (others.some((other) => other.id !== id && other.properties["port"] === values.port)) {
      throw new ApiError("DuplicateListener", `A listener already exists on port ${values.port} of this load balancer`);
    }
  },
  apply: applyBalancers,
});
