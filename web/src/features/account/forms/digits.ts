/** A code as it is sent: the mail shows it with a space in its middle, and some keyboards write digits of full width. */
export function digits(typed: string): string {
  return typed.normalize("NFKC").replace(/\D/g, "");
}
