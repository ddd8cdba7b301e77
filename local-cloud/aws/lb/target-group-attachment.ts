import { z } from "zod";
import type { ResourceType } from "../../provider/resource-type.ts";
import { deleteRecord, getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { findSubnet, textOf } from "../ec2/find.ts";
import { findInstance } from "../ec2/instance-container.ts";
import { token as ec2 } from "../ec2/tokens.ts";
import { idInput, refused, regionInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { applyBalancers } from "./apply.ts";
import { portInput } from "./inputs.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  availabilityZone: refused("its targets are instances, which have a zone of their own"),
  port: portInput.optional(),
  quicServerId: refused("its targets support HTTP only"),
  region: regionInput,
  targetGroupArn: z.string(),
  targetId: idInput("i"),
});
type AttachmentInputs = z.infer<typeof inputs> & { tags?: undefined };

const records = recordResource<AttachmentInputs>({
  token: token.attachment,
  inputs,
  replaceOn: ["port", "region", "targetGroupArn", "targetId"],
  newId: ({ targetGroupArn }) => newResourceId(targetGroupArn),
  outputs: () => ({}),
  validate: async ({ targetGroupArn, targetId }) => {
    const group = await getRecord(token.targetGroup, targetGroupArn);
    if (group === undefined) throw new ApiError("TargetGroupNotFound", `Target groups '${targetGroupArn}' not found`);
    const instance = await getRecord(ec2.instance, targetId);
    if (instance === undefined) {
      throw new ApiError("InvalidTarget", `The following targets do not exist: '${targetId}'`);
    }
    const vpcId = textOf(group.properties, "vpcId");
    if ((await findSubnet(textOf(instance.properties, "subnetId"))).vpcId !== vpcId) {
      throw new ApiError(
        "InvalidTarget",
        `The following targets are not in the target group VPC '${vpcId}': '${targetId}'`,
      );
    }
  },
  apply: applyBalancers,
});

/**
 * The registration of an instance with a target group. A deregistered instance gets no new requests
 * and finishes those that it has.
 */
export const targetGroupAttachment: ResourceType<AttachmentInputs> = {
  ...records,
  async read(id, state) {
    const found = await records.read(id, state);
    if (found === undefined) return undefined;
    // AWS deregisters a terminated instance by itself.
    if (await findInstance(textOf(found.outputs, "targetId"))) return found;
    await deleteRecord(token.attachment, id);
    await applyBalancers();
    return undefined;
  },
};
