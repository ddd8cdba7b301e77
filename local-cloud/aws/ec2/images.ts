/** A machine image: what an instance boots. */
export interface MachineImage {
  /** The container image that stands for it; local-cloud/images/ has its Dockerfile. */
  containerImage: string;
  /** The user that gets the key pair's key. */
  defaultUser: string;
  rootDeviceName: string;
  /** GiB of the image's own root volume. */
  rootVolumeSize: number;
}

/** The machine images of the local cloud, by AMI id. Elsewhere an id names an image of one region; here it holds in all. */
export const machineImages: ReadonlyMap<string, MachineImage> = new Map([
  [
    "ami-0d13d13d13d13d130",
    {
      containerImage: "local-cloud/host:debian-13",
      defaultUser: "admin",
      rootDeviceName: "/dev/xvda",
      rootVolumeSize: 8,
    },
  ],
]);
