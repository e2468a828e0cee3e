/** How the main key of shortcuts is written on this system. */
export const mainKey = (platform: string): string => (/mac|iphone|ipad/i.test(platform) ? "⌘" : "Ctrl");
