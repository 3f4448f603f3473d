/** What is missing on this machine, in words for the person who runs the script. */
export class CannotInstall extends Error {}
