import { failed, invalid, ok, type Result } from "../../failure.ts";

// Addresses as somebody types them. Pure.

/** An address as the server is given it, or `invalid` with the word `not-an-email` or `not-a-number`. */
export function contactAddress(medium: "email" | "msisdn", typed: string): Result<string> {
  if (medium === "email") {
    const email = typed.trim();
    return /^[^\s@]+@[^\s@]+$/.test(email) ? ok(email) : failed(invalid("not-an-email"));
  }
  const number = typed.replace(/[\s().\-/]/g, "").replace(/^00/, "+");
  return /^\+[1-9]\d{5,14}$/.test(number) ? ok(number) : failed(invalid("not-a-number"));
}

/** Country of the machine's language. The server asks for one beside every number; "+…" stands over it. */
export function ownCountry(): string {
  const { locale } = new Intl.DateTimeFormat().resolvedOptions();
  return new Intl.Locale(locale).maximize().region ?? "GB";
}
