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

/** Random text, which is also the id. */
export const randomString: ResourceType<CharacterInputs> = {
  ...base,
  token: "random:index/randomString:RandomString",
  create: (inputs) => {
    const result = randomText(inputs);
    return Promise.resolve({ id: result, outputs: characterOutputs(inputs, result) });
  },
};

/** Secret random text. It has no bcryptHash, unlike the real plugin's. */
export const randomPassword: ResourceType<CharacterInputs> = {
  ...base,
  token: "random:index/randomPassword:RandomPassword",
  secretOutputs: ["result"],
  create: (inputs) => Promise.resolve({ id: "none", outputs: characterOutputs(inputs, randomText(inputs)) }),
};
