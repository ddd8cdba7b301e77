/** A machine image (AMI), from which instances boot. */
export interface MachineImage {
  /** Container image with the same system. Its Dockerfile is in local-cloud/images/. */
  containerImage: string;
  /** User for which SSH accepts the key pair's key. */
  defaultUser: string;
  rootDeviceName: string;
  /** Size of the image's root volume in GiB. */
  rootVolumeSize: number;
}

/** The machine images by AMI id. On AWS, an id is valid in one region. Here it is valid in all. */
export const machineImages: ReadonlyMap<string, MachineImage> = new Map([
  [
    "ami-0d13d13d13d13d130",
    {
      containerImage: "local-cloud/host:debian-13-systemd",
      defaultUser: "admin",
      rootDeviceName: "/dev/xvda",
      rootVolumeSize: 8,
    },
  ],
]);
