/** SHA-256 of `blob` in hexadecimal; null where the browser computes none (plain http in a LAN). */
export async function digest(blob: Blob): Promise<string | null> {
  // The types promise it everywhere; an insecure context has none.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) return null;
  const bytes = new Uint8Array(await subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
