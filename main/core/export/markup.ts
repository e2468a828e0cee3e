// Markup made of parts: whatever is put between tags or into an attribute is escaped here, and nowhere else. Pure.

/** Text that is markup already. Only this file and `exported-html.ts` make one. */
export interface Markup {
  readonly markup: string;
}
/** A string is text, and becomes escaped. */
export type Child = Markup | string | null | readonly Child[];
type Attributes = Readonly<Record<string, string | number | true | null>>;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => escapes[one] ?? one);

const withoutEnd = new Set(["img", "br", "hr", "meta", "link"]);

/** One element. Attributes that are null are left out. */
export function element(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const said = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`))
    .join("");
  const inside = textOf(children);
  return { markup: withoutEnd.has(tag) ? `<${tag}${said}>` : `<${tag}${said}>${inside}</${tag}>` };
}

export function textOf(child: Child): string {
  if (child === null) return "";
  if (typeof child === "string") return escaped(child);
  if ("markup" in child) return child.markup;
  return child.map(textOf).join("");
}
