/** What electron-builder signs and notarises with. */
const names = [
  ...["CSC_LINK", "CSC_KEY_PASSWORD", "WIN_CSC_LINK", "WIN_CSC_KEY_PASSWORD"],
  ...["APPLE_API_KEY", "APPLE_API_KEY_ID", "APPLE_API_ISSUER"],
];

/**
 * The environment as electron-builder understands it. CI gives an empty value where it has no secret, which would be
 * taken for the name of a file; and Apple's key as what it is, where a file is wanted.
 * @param {NodeJS.ProcessEnv} env
 * @param {(key: string) => string} keep writes Apple's key down; answers with the file's path
 * @returns {NodeJS.ProcessEnv}
 */
export function signingEnvironment(env, keep) {
  const given = Object.entries(env).filter(([name, value]) => !names.includes(name) || value?.trim());
  const signing = Object.fromEntries(given);
  const key = signing["APPLE_API_KEY"];
  return key?.includes("PRIVATE KEY") ? { ...signing, APPLE_API_KEY: keep(key) } : signing;
}
