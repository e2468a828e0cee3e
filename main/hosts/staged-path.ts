/** Whether a path below the resources base is a place for a file for sending: of the account that is shown, or of one that is named. */
export const isStagedPath = (path: string): boolean => /^(?:account\/[a-z0-9]{1,40}\/)?staged\//.test(path);
