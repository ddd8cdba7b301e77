import { PolicyPack } from "@pulumi/policy";
import { readExceptions } from "./exceptions.ts";
import { policiesOf } from "./policies.ts";

// Runs as `pulumi preview --policy-pack policy`.
new PolicyPack("gifticon-event", {
  policies: policiesOf(readExceptions(), () => new Date().toISOString().slice(0, 10)),
});
