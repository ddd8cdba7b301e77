import type { ResourceType } from "../../provider/resource-type.ts";
import {
  characterInputs,
  characterOutputs,
  characterReplaceOn,
  checkCharacters,
  randomText,
  type CharacterInputs,
} from "./characters.ts";

const base = {
  inputs: characterInputs,
  replaceOn: characterReplaceOn,
  check: checkCharacters,
  read: (_id: string, state: Parameters<ResourceType["read"]>[1]) => Promise.resolve({ outputs: state }),
  delete: () => Promise.resolve(),
};

/** Random text; its result is its id as well. */
export const randomString: ResourceType<CharacterInputs> = {
  ...base,
  token: "random:index/randomString:RandomString",
  create: (inputs) => {
    const result = randomText(inputs);
    return Promise.resolve({ id: result, outputs: characterOutputs(inputs, result) });
  },
};

/** Random text that is a secret. It has no bcryptHash here. */
export const randomPassword: ResourceType<CharacterInputs> = {
  ...base,
  token: "random:index/randomPassword:RandomPassword",
  secretOutputs: ["result"],
  create: (inputs) => Promise.resolve({ id: "none", outputs: characterOutputs(inputs, randomText(inputs)) }),
};
