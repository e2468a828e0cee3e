// What is said of several accounts in one window.

/** English. */
export const accountsWords = {
  label: "Accounts",
  /** On the button that opens the menu. */
  menu: (name: string) => `Account ${name}`,
  elsewhere: (count: number) => `${count} unread in other accounts`,
  entry: (name: string, unread: number) => (unread === 0 ? name : `${name}, ${unread} unread`),
  signedOut: "Signed out",
  unusable: "Cannot be opened",
  removeUnusable: "Remove the account that cannot be opened",
  add: "Add account",
  signOut: "Sign out",
  backTo: (name: string) => `Back to ${name}`,
  inCall: "Hang up first: a call is going on in this account.",
  failed: "The other account could not be shown.",
  tooMany: "There is no room for another account.",
} as const;
